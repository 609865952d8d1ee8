// What the pages of the wizard share: the fields of one page, drawn one below the other.
import type { FieldValue, FormSource } from "../api/types.ts";
import { isRequiredIn, type Wish } from "../data/permit_wish.ts";
import { useMe } from "../data/session.ts";
import type { Roll } from "../data/shots.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { PermitInput } from "../parts/permit_input.tsx";

export interface StepProps {
  form: FormSource;
  wish: Wish;
  missing: string[];
  fill: (field: string, value: FieldValue) => void;
}

export const kindOf = (wish: Wish): string => String(wish.fields["kind"] ?? "");

export function Inputs({ form, wish, missing, fill, fields, rolls = {} }: StepProps & {
  fields: string[]; rolls?: Record<string, Roll>;
}) {
  const { t, p } = usePermitPhone();
  const me = useMe();
  if (fields.length === 0) return <p className="soft">{p("nothingAsked")}</p>;
  return fields.map((field) => (
    <PermitInput
      key={field} form={form} field={field} value={wish.fields[field]} isHeld org={me.org_path}
      onChange={(value) => fill(field, value)} roll={rolls[field]} place={p("permitTitle")}
      isRequired={isRequiredIn(form, kindOf(wish), field)}
      fault={missing.includes(field) ? t("required") : undefined}
    />
  ));
}
