// The proof file, said plainly, and the newest signed head to compare it with.
import { useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { saveAs } from "../data/desk_save.ts";
import { dateTime } from "../data/format.ts";
import { useQuery } from "../data/query.ts";
import { useSeat } from "../text/desk.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { Ready, Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

interface ProofProps {
  form: string;
  id: string;
  number: string;
}
export function ProofPanel({ form, id, number }: ProofProps) {
  const { t } = useSeat();
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const download = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      saveAs(await calls.proof(form, id), `${number || id}.proof.json`);
      say(t("proofDone"));
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(false);
  };
  return (
    <section className="panel proof" aria-labelledby="proof">
      <h2 id="proof"><Icon name="shield" /> {t("proofTitle")}</h2>
      <p className="soft">{t("proofText")}</p>
      <p className="soft">{t("proofHow")}</p>
      <div>
        <Button
          text={t("proofButton")} icon="download" isBusy={isBusy} run={() => void download()}
        />
      </div>
      {refusal && <Refused refusal={refusal} />}
      <LedgerHead />
    </section>
  );
}

const member = (head: calls.LedgerHead, ...names: string[]): string => {
  const name = names.find((one) => head[one] !== undefined);
  return name ? String(head[name]) : "—";
};

function LedgerHead() {
  const { t } = useSeat();
  const query = useQuery("ledger/head", calls.ledgerHead);
  return (
    <details>
      <summary>{t("proofHead")}</summary>
      <Ready query={query}>
        {(answer) => {
          const inner = answer["head"];
          const head = { ...answer, ...(typeof inner === "object" ? inner : {}) };
          const at = member(head, "at", "time", "signed_at", "timestamp");
          return (
            <dl className="facts">
              <div><dt>{t("proofSize")}</dt><dd className="num">
                {member(head, "size", "tree_size")}</dd></div>
              <div><dt>{t("proofTime")}</dt><dd className="num">{dateTime(at)}</dd></div>
              <div><dt>{t("proofRoot")}</dt><dd className="mono">
                {member(head, "root", "root_hash")}</dd></div>
              <div><dt>{t("proofKey")}</dt><dd className="mono">
                {member(head, "public_key", "key", "key_id")}</dd></div>
            </dl>
          );
        }}
      </Ready>
    </details>
  );
}
