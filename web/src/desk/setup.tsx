// The way of a new plant: organisation, areas, devices, people, then the labels.
import * as calls from "../api/calls.ts";
import { plans, type ListKind } from "../data/import.ts";
import { useQuery } from "../data/query.ts";
import { useSeat } from "../text/desk.ts";
import { ButtonLink } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { useTitle } from "../parts/shell.tsx";
import { ImportPanel } from "./import_panel.tsx";
import { useRoleHint } from "./role_hint.ts";

const steps: ListKind[] = ["org", "area", "device", "people"];

async function count(kind: ListKind): Promise<number> {
  if (kind === "org") return (await calls.org()).units.length;
  if (kind === "people") return (await calls.people()).rows.length;
  return (await calls.allRecords(kind)).length;
}

export default function SetUp({ step }: { step: string }) {
  const { t } = useSeat();
  useTitle(t("setupTitle"));
  const here = steps.find((kind) => kind === step) ?? "org";
  const next = steps[steps.indexOf(here) + 1];
  const roleHint = useRoleHint();
  const hintKey = plans[here].hint;
  const hint = here === "people" ? roleHint : hintKey && t(hintKey);
  return (
    <div className="list-page">
      <h1>{t("setupTitle")}</h1>
      <p className="soft">{t("setupIntro")}</p>
      <ol className="steps">
        {steps.map((kind, at) => <Step key={kind} kind={kind} at={at} here={here} />)}
      </ol>
      <section className="panel" aria-labelledby="step">
        <h2 id="step">{t(plans[here].title)}</h2>
        <ImportPanel key={here} plan={plans[here]} hint={hint} />
      </section>
      <div className="row">
        <ButtonLink href="#/">{t("setupFinish")}</ButtonLink>
        {next ? (
          <ButtonLink href={`#/setup/${next}`} kind="main" icon="next">
            {t("next")}: {t(plans[next].title)}
          </ButtonLink>
        ) : (
          <ButtonLink href="#/labels" kind="main" icon="qr">{t("setupLabels")}</ButtonLink>
        )}
      </div>
    </div>
  );
}

function Step({ kind, at, here }: { kind: ListKind; at: number; here: ListKind }) {
  const { t } = useSeat();
  const have = useQuery(`have/${kind}`, () => count(kind)).value ?? 0;
  return (
    <li>
      <a href={`#/setup/${kind}`} aria-current={kind === here ? "step" : undefined}>
        <span className="step">{have > 0 ? <Icon name="check" /> : at + 1}</span>
        <span className="strong">{t(plans[kind].title)}</span>
        <span className="soft num">{t("existing", { n: have })}</span>
      </a>
    </li>
  );
}
