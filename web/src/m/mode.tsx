// Drill or real, always said in words and in a pattern, never by colour alone.
import type { Mode } from "../api/types_response.ts";
import { usePhoneText } from "../text/phone.ts";

export function ModeStrip({ mode }: { mode: Mode }) {
  const { p } = usePhoneText();
  return (
    <p className={`mode ${mode}`}>
      <b>{p(mode === "drill" ? "drill" : "real")}</b>
      <span>{p(mode === "drill" ? "drillNote" : "realNote")}</span>
    </p>
  );
}
