// Which kind of work: eight signs to press, then what is to be done in a few words.
import { chooseKind } from "../data/permit_wish.ts";
import { choiceText, fieldTitle } from "../data/records.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { TextArea } from "../parts/field.tsx";
import { KindSign } from "../parts/permit_marks.tsx";
import { kindOf, type StepProps } from "./permit_apply_parts.tsx";

export function KindStep({ form, wish, missing, fill }: StepProps) {
  const { t, lang } = usePermitPhone();
  const kinds = form.data.properties["kind"]?.enum ?? [];
  const kind = kindOf(wish);
  return (
    <>
      <div className="kind-tiles" role="radiogroup" aria-label={fieldTitle(form, "kind", lang)}>
        {kinds.map((one) => (
          <button
            key={one} type="button" role="radio" aria-checked={one === kind} className="kind-tile"
            onClick={() => chooseKind(one)}
          >
            <KindSign kind={one} />
            <span>{choiceText(form, "kind", one, lang)}</span>
          </button>
        ))}
      </div>
      {missing.includes("kind") && <p className="fault">{t("required")}</p>}
      <TextArea
        label={fieldTitle(form, "content", lang)} value={String(wish.fields["content"] ?? "")}
        onChange={(text) => fill("content", text)} isRequired maxLength={1000}
        fault={missing.includes("content") ? t("required") : undefined}
      />
    </>
  );
}
