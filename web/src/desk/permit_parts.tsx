// What is told of a permit in a list: how long it holds, how old its gas test is, why it stands.
import type { FormSource, RecordRow } from "../api/types.ts";
import { useNow } from "../data/clock.ts";
import { left, span } from "../data/format.ts";
import { choiceText, useForm } from "../data/records.ts";
import { useText } from "../text/index.ts";
import { Countdown } from "../parts/clocks.tsx";
import { isLeaving } from "../data/permit_clock.ts";
import { Icon } from "../parts/icon.tsx";
import { useDesk } from "./control_parts.tsx";

export function permitKind(row: RecordRow, form: FormSource | undefined, lang: "zh" | "en") {
  return form ? choiceText(form, "kind", row["kind"], lang) : String(row["kind"] ?? "");
}
export function permitGrade(row: RecordRow, form: FormSource | undefined, lang: "zh" | "en") {
  const grade = row["grade"];
  return form && grade && grade !== "none" ? choiceText(form, "grade", grade, lang) : "";
}

// The words of the permit form; it is asked for once and kept.
export function useReason(): (reason: unknown) => string {
  const { lang } = useDesk();
  const form = useForm("permit").value;
  return (reason) => form
    ? choiceText(form, "suspend_reason", reason, lang) : String(reason ?? "");
}

export function GasAge({ row }: { row: RecordRow }) {
  const { t } = useDesk();
  const { texts } = useText();
  const now = useNow();
  const at = row["gas_at"];
  if (typeof at !== "string") return <span className="soft">{t("gasNone")}</span>;
  const values = [
    row["gas_lel"] != null && `LEL ${Number(row["gas_lel"])}%`,
    row["gas_o2"] != null && `O₂ ${Number(row["gas_o2"])}%`,
    row["gas_toxic"] != null && `${t("toxic")} ${Number(row["gas_toxic"])}`,
  ].filter(Boolean).join(" · ");
  return (
    <span className="num">
      {t("gasAgo", { span: span(now - Date.parse(at), texts) })}
      {values && <span className="soft"> {values}</span>}
    </span>
  );
}

export function Validity({ row }: { row: RecordRow }) {
  const { t } = useDesk();
  const { texts } = useText();
  const now = useNow();
  const reasonOf = useReason();
  const until = row["valid_to"];
  if (row.state === "suspended") {
    return (
      <span className="why-suspended">
        <Icon name="warn" /> {t("suspended")}: {reasonOf(row["suspend_reason"])}
      </span>
    );
  }
  if (isLeaving(row)) {
    return <span className="why-suspended"><Icon name="warn" /> {t("leaving")}</span>;
  }
  if (typeof until !== "string") return <span className="soft">—</span>;
  if (row.state !== "active") return <span className="num">{left(until, now, texts).text}</span>;
  return <Countdown due={until} />;
}
