// The parts of a case page that phone and desk share: photos, facts, comment.
import { useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { FormSource, RecordRow, RecordView } from "../api/types.ts";
import { dateTime } from "../data/format.ts";
import { refresh } from "../data/query.ts";
import {
  fieldTitle, formOfId, isFilled, isOtherLanguage, photosOf, tell, useRecord,
} from "../data/records.ts";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";
import { TextArea } from "./field.tsx";
import { Compare, PhotoTiles } from "./photo.tsx";
import { Refused } from "./states.tsx";
import { say } from "./toast.tsx";

function photoFieldsOf(form: FormSource): string[] {
  const names = Object.keys(form.data.properties);
  return names.filter((name) => form.data.properties[name]?.["x-kind"] === "photos");
}

export function CasePhotos({ form, record }: { form: FormSource; record: RecordRow }) {
  const { t } = useText();
  const [first = "", second = ""] = photoFieldsOf(form);
  const before = photosOf(record[first]);
  const after = photosOf(record[second]);
  const place = { form: form.id, id: record.id };
  const [b] = before;
  const [a] = after;
  const label = t(after.length > 0 ? "casePhotosBefore" : "photo");
  return (
    <>
      {b && a && <Compare place={place} before={b} after={a} />}
      <div className="photo-rows">
        {before.length > 0 && (
          <PhotoTiles place={place} photos={before} label={label} isAlone={after.length === 0} />
        )}
        {after.length > 0 && (
          <PhotoTiles place={place} photos={after} label={t("casePhotosAfter")} />
        )}
      </div>
    </>
  );
}

// Told by its number, a way to its page; who may not see it reads that it is there.
function RecordLink({ form, id }: { form: string; id: string }) {
  const { t } = useText();
  const number = useRecord(form, id).value?.record.number;
  return number ? <a className="num" href={`#/case/${form}/${id}`}>{number}</a> : <>{t("yes")}</>;
}

// Fields in the form's order; ids that no page shows tell nobody anything and are left out; what is
// hidden from the caller is not in the answer at all.
export function Facts({ form, view }: { form: FormSource; view: RecordView }) {
  const { t, texts, lang } = useText();
  const { record, modes } = view;
  const all = Object.keys(form.data.properties);
  const fields = all.filter((field) => {
    const isPhotos = form.data.properties[field]?.["x-kind"] === "photos";
    const isTold = isFilled(record[field]) && !isOtherLanguage(field, all, lang);
    const isBareId = formOfId(form, field, record[field]) === "";
    return isTold && !isPhotos && !isBareId && modes[field] !== "hidden";
  });
  return (
    <dl className="facts">
      <div>
        <dt>{t("reportedAt")}</dt>
        <dd className="num">{dateTime(record.created_at)}</dd>
      </div>
      {fields.map((field) => (
        <div key={field}>
          <dt>{fieldTitle(form, field, lang)}</dt>
          <dd>
            {formOfId(form, field, record[field])
              ? <RecordLink form={field} id={String(record[field])} />
              : tell({ form, lang, texts }, field, record[field], record._titles?.[field])}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function CommentBox({ form, id }: { form: string; id: string }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const send = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await calls.comment(form, id, text.trim());
      setText("");
      refresh(`record/${form}/${id}`);
      say(t("caseCommentSend"));
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(false);
  };
  return (
    <div className="comment">
      <TextArea
        label={t("caseComment")} hint={t("caseCommentHint")} value={text} onChange={setText}
        rows={2} maxLength={1000}
      />
      <Button
        text={t("caseCommentSend")} isBusy={isBusy} isOff={text.trim() === ""}
        run={() => void send()}
      />
      {refusal && <Refused refusal={refusal} />}
    </div>
  );
}
