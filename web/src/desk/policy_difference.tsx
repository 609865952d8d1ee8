// What role files would change against those in force, before anybody uses them.
import { useState, type ChangeEvent } from "react";
import { difference } from "../api/calls_policy.ts";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Difference } from "../api/types_policy.ts";
import { useForms } from "../data/delegations.ts";
import { isLoss, rolesIn, united } from "../data/desk_policy.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { usePolicy } from "../text/policy_words.ts";
import { Icon } from "../parts/icon.tsx";
import { FileButton } from "../parts/file_button.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";
import { actionKeys } from "./policy_who.tsx";

export function PolicyDifference() {
  const { t } = usePolicy();
  const [found, setFound] = useState<Difference[] | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const compare = async (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    const lists = (await Promise.all(files.map((file) => file.text()))).map(rolesIn);
    setFound(null);
    setRefusal(null);
    if (lists.length === 0 || lists.includes(null)) return say(t("badFile"), false);
    try {
      setFound((await difference(united(lists.flatMap((one) => one ?? [])))).differences);
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
  };
  return (
    <div className="panel policy-form">
      <FileButton
        text={t("chooseFiles")} accept="application/json,.json" isSeveral
        onChange={(event) => void compare(event)}
      />
      <p className="soft">{t("chooseHint")}</p>
      {refusal && <Refused refusal={refusal} />}
      {refusal?.field && <p className="fault">{t("badPlace", { place: refusal.field })}</p>}
      {found?.length === 0 && <p className="strong">{t("same")}</p>}
      {found && (
        <ul className="grants">
          {found.map((one, at) => <li key={at}><Sentence one={one} /></li>)}
        </ul>
      )}
    </div>
  );
}

// Ids as people know them; what has no name here keeps its id.
function useNames(one: Difference) {
  const { t, lang } = usePolicy();
  const roles = useQuery("roles", calls.roles).value?.roles ?? [];
  const form = useForms().value?.forms.find(({ id }) => id === one.form);
  const field = form?.data.properties[one.name ?? ""];
  const action = actionKeys[one.action];
  return {
    role: localText(roles.find(({ id }) => id === one.role)?.name, lang) || one.role,
    form: localText(form?.title, lang) || one.form,
    action: action ? t(action) : one.action,
    name: localText(field?.title, lang) || (one.name ?? ""),
    stateOf: (id: string) => localText(form?.states[id], lang) || id,
  };
}

function Sentence({ one }: { one: Difference }) {
  const { t } = usePolicy();
  const { stateOf, ...names } = useNames(one);
  const text = t(one.change, {
    ...names,
    before: one.before ? t(one.before) : "", after: one.after ? t(one.after) : "",
  });
  const states = (one.states ?? []).map(stateOf);
  return (
    <span className={isLoss(one) ? "policy-loss" : "policy-gain"}>
      <Icon name={isLoss(one) ? "close" : "plus"} /> {text}
      {states.length > 0 && ` (${t("onlyStates", { states: states.join(", ") })})`}
    </span>
  );
}
