// What a task asks for beside fields and words, and its draft. Loaded with the first task of mine.
import { lazy, Suspense, useState } from "react";
import type { RecordView, Task } from "../api/types.ts";
import { clockTime } from "../data/format.ts";
import { mayDecide, placeOf } from "../data/records.ts";
import { useMe } from "../data/session.ts";
import { useStore } from "../data/store.ts";
import { useTaskDraft } from "../data/task_draft.ts";
import type { TaskForm } from "../data/task_form.ts";
import { attachments_max, type ProofPart } from "../data/task_proof.ts";
import { useProofText } from "../text/proof.ts";
import { Button } from "./button.tsx";
import { Capture } from "./capture.tsx";
import { Icon } from "./icon.tsx";
import "../styles/proof.css";

const SignPad = lazy(() => import("./sign_pad.tsx"));

interface ExtrasProps {
  task: Task;
  view: RecordView;
  state: TaskForm;
  // False where everything is asked for in one sitting.
  hasDraft?: boolean;
}

export default function TaskExtras({ task, view, state, hasDraft = true }: ExtrasProps) {
  const me = useMe();
  const isDeciding = mayDecide(task);
  return (
    <>
      {isDeciding && task.attachment === "required" && <Attachments view={view} state={state} />}
      {isDeciding && task.signature === "required" && <Signature state={state} />}
      {hasDraft && !me.viewer && <DraftLine task={task} view={view} state={state} />}
    </>
  );
}

function Lacks({ state, part }: { state: TaskForm; part: ProofPart }) {
  const { t } = useProofText();
  if (!state.lacksProof.includes(part)) return null;
  return <p className="fault" role="alert"><Icon name="warn" />{t(`lacks_${part}`)}</p>;
}

function Signature({ state }: { state: TaskForm }) {
  const { t } = useProofText();
  const [isOpen, setOpen] = useState(false);
  const drawn = useStore(state.proof.signature);
  const keep = (blob: Blob) => {
    if (drawn) URL.revokeObjectURL(drawn.url);
    state.proof.signature.set({ blob, url: URL.createObjectURL(blob) });
    setOpen(false);
  };
  return (
    <div className="field proof-part" role="group" aria-label={t("signature")}>
      <span className="label">{t("signature")}</span>
      {drawn && <img className="signature" src={drawn.url} alt={t("signed")} />}
      <Button
        text={t(drawn ? "signAgain" : "sign")} icon="mine" run={() => setOpen(true)}
      />
      <p className="hint">{t("signatureHint")}</p>
      {!drawn && <Lacks state={state} part="signature" />}
      {isOpen && (
        <Suspense fallback={null}>
          <SignPad onDone={keep} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Attachments({ view, state }: { view: RecordView; state: TaskForm }) {
  const { t, lang } = useProofText();
  const { list } = useStore(state.proof.files.store);
  return (
    <div className="field proof-part">
      <span className="label">{t("attachments")}</span>
      <Capture
        roll={state.proof.files} label={t("attachments")} count_max={attachments_max}
        place={placeOf(view.record, lang) || view.record.number} isVideo isPaper
      />
      <p className="hint">{t("attachmentsHint", { n: attachments_max })}</p>
      {list.length === 0 && <Lacks state={state} part="attachments" />}
    </div>
  );
}

function DraftLine({ task, view, state }: ExtrasProps) {
  const { t } = useProofText();
  const draft = useTaskDraft(task, view.record, state);
  const time = draft.at ? clockTime(draft.at) : "";
  return (
    <div className="draft-line">
      <Button
        text={t("draftSave")} kind="quiet" isBusy={draft.isBusy} isOff={state.busy !== null}
        run={draft.save}
      />
      <span className="soft num" role="status">
        {draft.isFailed ? t("draftFailed")
          : draft.at ? t(draft.isTakenUp ? "draftTakenUp" : "draftSaved", { time }) : ""}
      </span>
    </div>
  );
}
