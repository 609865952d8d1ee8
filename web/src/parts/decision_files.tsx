// The signature and the attachments of a decision: pictures are shown, films played, papers
// fetched. Whoever reads the record reads them, by the same road as its photos.
import { useState } from "react";
import { fileUrl } from "../api/calls.ts";
import type { TimelineRow } from "../api/types.ts";
import { filesOf, signatureOf, type DecisionFile } from "../data/decision.ts";
import { useProofText } from "../text/proof.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import "../styles/proof.css";

interface FilesProps {
  row: TimelineRow;
  place: { form: string; id: string };
}

export default function DecisionFiles({ row, place }: FilesProps) {
  const { t } = useProofText();
  const signature = signatureOf(row);
  const urlOf = (sha256: string) => fileUrl(place.form, place.id, sha256);
  return (
    <div className="decision-files">
      {signature && (
        <img
          className="signature" src={urlOf(signature)} loading="lazy"
          alt={`${t("signature")}: ${row.actor.name ?? ""}`}
        />
      )}
      {filesOf(row).map((file, at) => (
        <Attachment key={file.sha256} file={file} url={urlOf(file.sha256)} n={at + 1} />
      ))}
    </div>
  );
}

const sizeOf = (bytes: number): string => bytes < 1024 * 1024
  ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function Attachment({ file, url, n }: { file: DecisionFile; url: string; n: number }) {
  const { t } = useProofText();
  const [isOpen, setOpen] = useState(false);
  if (file.kind.startsWith("video/")) {
    return <video src={url} controls aria-label={t("film", { n })} />;
  }
  if (!file.kind.startsWith("image/")) {
    return (
      <a className="button plain" href={url} download>
        <Icon name="download" />
        <span>{t("download", { n, size: sizeOf(file.bytes) })}</span>
      </a>
    );
  }
  return (
    <>
      <button
        type="button" className="tile" aria-label={t("file", { n })} onClick={() => setOpen(true)}
      >
        <img src={`${url}?size=thumb`} alt="" loading="lazy" />
      </button>
      {isOpen && (
        <Dialog title={t("file", { n })} onClose={() => setOpen(false)} isWide>
          <figure className="photo-view"><img src={url} alt={t("file", { n })} /></figure>
        </Dialog>
      )}
    </>
  );
}
