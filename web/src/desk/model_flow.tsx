// What keeps a flow from being run, as it is typed; by the server where this browser has no rules.
import { useEffect, useState } from "react";
import { lintByServer } from "../api/calls_models.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import { localText } from "../data/prefs.ts";
import type { FlowFinding, Rules } from "../rules/rules.ts";
import type { RulesState } from "../rules/use_rules.ts";
import { useModelWords } from "../text/model_words.ts";
import { Icon } from "../parts/icon.tsx";
import { Refused } from "../parts/states.tsx";

const pause_ms = 150; // between two letters nothing is asked

function ownFindings(rules: Rules, xml: string): FlowFinding[] {
  const told = rules.lintFlow(xml);
  const { error } = told;
  if (!error) return told.findings;
  const text = { zh: error.detail, en: error.detail };
  return [{ element: error.field, code: error.code, parts: [], text }];
}

export function Findings({ xml, state }: { xml: string; state: RulesState }) {
  const { t } = useModelWords();
  const [found, setFound] = useState<FlowFinding[] | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const { rules, isFailed } = state;
  useEffect(() => {
    let isShown = true;
    const look = async () => {
      setRefusal(null);
      try {
        const findings = rules ? ownFindings(rules, xml) : (await lintByServer(xml)).findings;
        if (isShown) setFound(findings);
      } catch (reason) {
        if (isShown) setRefusal(asRefusal(reason));
      }
    };
    if (!rules && !isFailed) return undefined;
    const timer = setTimeout(() => void look(), pause_ms);
    return () => {
      isShown = false;
      clearTimeout(timer);
    };
  }, [xml, rules, isFailed]);
  return (
    <section className="panel" aria-live="polite" data-by={rules ? "browser" : "server"}>
      {!rules && isFailed && <p className="soft">{t("byServer")}</p>}
      {refusal && <Refused refusal={refusal} />}
      {found === null ? !refusal && <p className="soft">{t("loading")}</p> : <Told found={found} />}
    </section>
  );
}

function Told({ found }: { found: FlowFinding[] }) {
  const { t, lang } = useModelWords();
  const n = found.length;
  if (n === 0) {
    return <p className="model-fine strong"><Icon name="check" /> {t("flowFine")}</p>;
  }
  return (
    <>
      <h2>{t(n === 1 ? "finding1" : "findings", { n })}</h2>
      <ol className="grants model-findings">
        {found.map((one, at) => (
          <li key={`${at} ${one.code}`}>
            <Icon name="warn" />
            <span>
              {localText(one.text, lang)}
              {one.element && <span className="soft mono"> {one.element}</span>}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
