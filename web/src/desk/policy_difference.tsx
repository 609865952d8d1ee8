// What role files would change against those in force, before anybody uses them.
import { useState, type ChangeEvent } from "react";
import { difference } from "../api/calls_policy.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Difference } from "../api/types_policy.ts";
import { isLoss, rolesIn, united } from "../data/desk_policy.ts";
import { usePolicy } from "../text/policy_words.ts";
import { Icon } from "../parts/icon.tsx";
import { Refused } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

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
      <label className="case-select">
        {t("chooseFiles")}
        <input
          type="file" accept="application/json,.json" multiple
          onChange={(event) => void compare(event)}
        />
      </label>
      {refusal && <Refused refusal={refusal} />}
      {found?.length === 0 && <p className="strong">{t("same")}</p>}
      {found && (
        <ul className="grants">
          {found.map((one, at) => <li key={at}><Sentence one={one} /></li>)}
        </ul>
      )}
    </div>
  );
}

function Sentence({ one }: { one: Difference }) {
  const { t } = usePolicy();
  const text = t(one.change, {
    role: one.role, form: one.form, action: one.action, name: one.name ?? "",
    before: one.before ? t(one.before) : "", after: one.after ? t(one.after) : "",
  });
  const states = one.states ?? [];
  return (
    <span className={isLoss(one) ? "policy-loss" : "policy-gain"}>
      <Icon name={isLoss(one) ? "close" : "plus"} /> {text}
      {states.length > 0 && ` (${t("onlyStates", { states: states.join(", ") })})`}
    </span>
  );
}
