// The tasks of an emergency or of a permit as a glove can do them: one press to sign in, the card
// of the post, the voucher that must be given, and what is missing said before sending.
import { useEffect, useState } from "react";
import * as calls from "../api/calls.ts";
import { newId } from "../api/id.ts";
import type { FieldValue, FormSource, Outcome, RecordView, Task } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { position, useFix, watchPosition } from "../data/position.ts";
import {
  callsNext_s, hereOf, lackingFor, postOf, signState, stepsOf,
} from "../data/post.ts";
import { localText } from "../data/prefs.ts";
import { fieldTitle, isForMe, needsComment, placeOf } from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { createRoll } from "../data/shots.ts";
import { useStore } from "../data/store.ts";
import { useTaskForm, type TaskForm } from "../data/task_form.ts";
import { usePhoneText, type PhoneKey } from "../text/phone.ts";
import { Button } from "../parts/button.tsx";
import { Countdown } from "../parts/clocks.tsx";
import { TextArea } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Input } from "../parts/input.tsx";
import { Refused } from "../parts/states.tsx";
import { Stepper } from "../parts/stepper.tsx";
import { say } from "../parts/toast.tsx";

interface WorkProps {
  form: FormSource;
  view: RecordView;
}
export function Work({ form, view }: WorkProps) {
  const { p, lang } = usePhoneText();
  const others = view.tasks.filter((task) => !isForMe(task));
  return (
    <>
      {view.tasks.filter(isForMe).map((task) => (
        <TaskCard key={`${task.id}/${task.is_mine}`} task={task} form={form} view={view} />
      ))}
      {others.length > 0 && (
        <section className="panel" aria-label={p("othersTasks")}>
          <h2>{p("othersTasks")}</h2>
          <ul className="clocks">
            {others.map((task) => (
              <li key={task.id}>
                <span>{localText(task.name, lang)}</span>
                <Escalation view={view} task={task} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface CardProps extends WorkProps {
  task: Task;
}
function TaskCard({ task, form, view }: CardProps) {
  const { lang, p } = usePhoneText();
  const { post, phase } = postOf(task);
  const state = useTaskForm(task, form, view);
  const postKey = `post_${post}` as PhoneKey;
  return (
    <section className={`panel task ${phase}`} aria-label={localText(task.name, lang)}>
      <header className="panel-head">
        <div>
          <h2>{localText(task.name, lang)}</h2>
          {post && <p className="soft">{p(postKey)}</p>}
        </div>
        {task.due && <Countdown due={task.due} />}
      </header>
      {post && <PostCard post={post} />}
      {phase === "sign"
        ? <Sign task={task} state={state} view={view} />
        : <Do task={task} form={form} view={view} state={state} />}
      {state.refusal && <Refused refusal={state.refusal} />}
    </section>
  );
}

function PostCard({ post }: { post: string }) {
  const { p } = usePhoneText();
  const lines = p(`do_${post}` as PhoneKey)?.split("\n") ?? [];
  return (
    <ol className="post-card" aria-label={p("postCard")}>
      {lines.map((line, at) => <li key={line}><b className="step num">{at + 1}</b>{line}</li>)}
    </ol>
  );
}

function Escalation({ view, task }: { view: RecordView; task: Task }) {
  const { p } = usePhoneText();
  const seconds = callsNext_s(view.clocks, task, useNow());
  if (seconds === null) return <span className="soft">{p("escalates")}</span>;
  return <span className="soft num">{p("signWait", { n: seconds })}</span>;
}

// Only posts of an emergency and calls for help go on to the next person by themselves.
function Note({ view, task }: { view: RecordView; task: Task }) {
  if (task.form !== "response" && task.form !== "sos") return null;
  return <p className="note"><Icon name="clock" /><Escalation view={view} task={task} /></p>;
}

function Sign({ task, state, view }: { task: Task; state: TaskForm; view: RecordView }) {
  const { p, lang } = usePhoneText();
  const me = useMe();
  const here = hereOf(task);
  const others = task.outcomes.filter(({ id }) => id !== here.id);
  const finish = (outcome: Outcome, words: string) => state.act(outcome.id || "here", async () => {
    if (signState(task, me.id) !== "mine") await calls.claimTask(task.id);
    const { version } = view.record;
    const body = { outcome: outcome.id, comment: "", fields: {}, version };
    await calls.completeTask(task.id, body, newId());
  }).then((isDone) => isDone && say(words));
  return (
    <div className="actions">
      <Button
        text={p("signIn")} kind="main" icon="check" isBusy={state.busy !== null}
        run={() => void finish(here, p("signDone"))}
      />
      <Note view={view} task={task} />
      {others.map((outcome) => (
        <Button
          key={outcome.id} text={localText(outcome.name, lang)} isOff={state.busy !== null}
          run={() => void finish(outcome, localText(outcome.name, lang))}
        />
      ))}
    </div>
  );
}

const noRoll = createRoll();

function Do({ task, form, view, state }: CardProps & { state: TaskForm }) {
  const { t, p, lang } = usePhoneText();
  const names = Object.keys(state.rolls);
  // A task has at most two lots of photos; hooks need their fixed number.
  const a = useStore((state.rolls[names[0] ?? ""] ?? noRoll).store).list.length;
  const b = useStore((state.rolls[names[1] ?? ""] ?? noRoll).store).list.length;
  const photos = { [names[0] ?? ""]: a, [names[1] ?? ""]: b };
  const ending: Outcome = { id: "", name: { zh: t("taskFinish"), en: t("taskFinish") } };
  const outcomes = task.outcomes.length > 0 ? task.outcomes : [ending];
  const wantsWords = outcomes.some(needsComment);
  const isMine = task.is_mine;
  if (!isMine) {
    return (
      <div className="actions">
        <Button
          text={t("taskClaim")} kind="main" icon="check" isBusy={state.busy === "claim"}
          run={() => void state.act("claim", () => calls.claimTask(task.id))}
        />
        <Note view={view} task={task} />
      </div>
    );
  }
  return (
    <>
      {state.writes.map((field) => (
        <Field key={field} field={field} task={task} form={form} view={view} state={state} />
      ))}
      {(wantsWords || state.writes.length === 0) && (
        <TextArea
          label={wantsWords ? t("taskComment") : `${t("taskComment")} · ${t("optional")}`} rows={2}
          value={state.comment} onChange={state.say} maxLength={1000}
          fault={state.lacksComment ? t("taskNeedsComment") : undefined}
        />
      )}
      <div className="actions">
        {outcomes.map((outcome, at) => {
          const lacking = lackingFor(task, outcome, state.fields, photos);
          const list = lacking.map((field) => fieldTitle(form, field, lang)).join(", ");
          const isSilent = needsComment(outcome) && state.comment.trim() === "";
          const words = [list, isSilent ? t("taskComment") : ""].filter(Boolean).join(", ");
          return (
            <div key={outcome.id} className="outcome">
              {words && (
                <p className="lacking"><Icon name="warn" />{p("missing", { list: words })}</p>
              )}
              <Button
                text={localText(outcome.name, lang)} kind={at === 0 ? "main" : "plain"}
                isBusy={state.busy === outcome.id}
                isOff={state.isSending || state.busy !== null || words !== ""}
                run={() => void state.complete(outcome).then((isDone) => isDone &&
                  say(`${localText(task.name, lang)} · ${localText(outcome.name, lang)}`))}
              />
            </div>
          );
        })}
        <Note view={view} task={task} />
      </div>
    </>
  );
}

function Field({ field, task, form, view, state }: CardProps & { state: TaskForm; field: string }) {
  const { t, lang } = usePhoneText();
  const source = form.data.properties[field];
  const isNeeded = [...task.requires, ...task.outcomes.flatMap((one) => one.fields ?? [])]
    .includes(field);
  const fault = state.missing.includes(field) ? t("required")
    : state.refusal?.field?.split(".")[0] === field ? state.refusal.message : undefined;
  const common = { label: fieldTitle(form, field, lang), isRequired: isNeeded, fault };
  const kind = source?.["x-kind"];
  if (kind === "decimal" || kind === "integer") {
    return (
      <Stepper
        {...common} value={state.fields[field]} steps={stepsOf(form, field)} source={source}
        onChange={(value) => state.fill(field, value)}
      />
    );
  }
  if (kind === "position") {
    return (
      <PositionField
        label={common.label} value={state.fields[field]}
        onChange={(value) => state.fill(field, value)}
      />
    );
  }
  const roll = state.rolls[field];
  return (
    <Input
      form={form} field={field} value={state.fields[field]} isRequired={isNeeded} fault={fault}
      onChange={(value) => state.fill(field, value)} org={view.record.org_path}
      photos={roll && { roll, place: placeOf(view.record, lang) || view.record.number }}
    />
  );
}

interface PositionProps {
  label: string;
  value: FieldValue | undefined;
  onChange: (value: FieldValue) => void;
}
function PositionField({ label, value, onChange }: PositionProps) {
  const { p } = usePhoneText();
  const fix = useFix();
  const [isWanted, setWanted] = useState(false);
  useEffect(watchPosition, []);
  useEffect(() => {
    const now = position();
    if (isWanted && now) {
      onChange({ ...now });
      setWanted(false);
    }
  }, [isWanted, fix.state]);
  const taken = value as { accuracy_m?: number } | undefined;
  const isRefused = isWanted && fix.state === "refused";
  return (
    <div className="field">
      <span className="label">{label}</span>
      {taken && (
        <p className="said good" role="status">
          <Icon name="check" />{p("takenPlace", { m: Math.round(taken.accuracy_m ?? 0) })}
        </p>
      )}
      <Button
        text={isWanted && !isRefused ? p("placeAsking") : p("takePlace")} icon="place"
        isBusy={isWanted && !isRefused} run={() => setWanted(true)}
      />
      {isRefused && <p className="fault" role="alert"><Icon name="warn" />{p("placeRefused")}</p>}
    </div>
  );
}
