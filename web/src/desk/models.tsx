// Flows, decision tables and formulas, for whoever answers for rules: looked at, checked and tried
// in the browser by the server's own rules. Nothing is put in force here.
import { useId, useState, type ReactNode } from "react";
import { saveAs } from "../data/desk_save.ts";
import { changesOf } from "../data/models.ts";
import { useRules, type RulesState } from "../rules/use_rules.ts";
import { useModelWords, type ModelKey } from "../text/model_words.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { useTitle } from "../parts/shell.tsx";
import { FileButton } from "../parts/file_button.tsx";
import { Empty } from "../parts/states.tsx";
import { Formula } from "./model_formula.tsx";
import { Findings } from "./model_flow.tsx";
import { Trial } from "./model_tables.tsx";
import "../styles/desk_work.css";
import "../styles/desk_models.css";

const tabs: { id: string; text: ModelKey }[] = [
  { id: "", text: "tabFlow" }, { id: "tables", text: "tabTables" },
  { id: "formula", text: "tabFormula" },
];

export default function ModelsPage({ tab }: { tab: string }) {
  const { t } = useModelWords();
  useTitle(t("title"));
  const state = useRules();
  return (
    <div className="list-page models">
      <div className="row">
        <h1>{t("title")}</h1>
        <nav className="tab-row" aria-label={t("title")}>
          {tabs.map(({ id, text }) => (
            <a
              key={id} className="chip" href={`#/models/${id}`}
              aria-current={tab === id ? "page" : undefined}
            >{t(text)}</a>
          ))}
        </nav>
      </div>
      <p className="soft">{t("hint")}</p>
      {tab === "formula" ? <Needed state={state}>{(rules) => <Formula rules={rules} />}</Needed>
        : <Files key={tab} kind={tab === "tables" ? "decisions" : "flow"} state={state} />}
    </div>
  );
}

type Loaded = NonNullable<RulesState["rules"]>;
function Needed({ state, children }: {
  state: RulesState; children: (rules: Loaded) => ReactNode;
}) {
  const { t } = useModelWords();
  if (state.rules) return <>{children(state.rules)}</>;
  if (!state.isFailed) return <p className="soft" role="status">{t("loading")}</p>;
  return (
    <p className="banner warn" role="alert">
      <Icon name="warn" /><span>{t("noRules")}</span>
      <Button text={t("retry")} icon="refresh" run={state.retry} />
    </p>
  );
}

interface Chosen {
  name: string;
  opened: string; // the text as it came
  xml: string;
}
type Kind = "flow" | "decisions";

async function opened(file: File): Promise<Chosen> {
  const xml = await file.text();
  return { name: file.name, opened: xml, xml };
}

function Files({ kind, state }: { kind: Kind; state: RulesState }) {
  const { t } = useModelWords();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const end = kind === "flow" ? ".bpmn" : ".dmn";
  return (
    <>
      <section className="panel model-choice">
        <FileButton
          text={t("file")} accept={`${end},.xml`}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file) void opened(file).then(setChosen);
          }}
        />
      </section>
      {chosen === null ? <Empty icon="file" title={t("empty")} /> : (
        <div className="model-columns">
          <div className="model-told">
            {kind === "flow" ? <Findings xml={chosen.xml} state={state} />
              : <Needed state={state}>{(rules) => (
                <Trial rules={rules} xml={chosen.xml} />)}</Needed>}
            <Changes chosen={chosen} />
          </div>
          <Text chosen={chosen} onChange={(xml) => setChosen({ ...chosen, xml })} />
        </div>
      )}
    </>
  );
}

function Text({ chosen, onChange }: { chosen: Chosen; onChange: (xml: string) => void }) {
  const { t } = useModelWords();
  const id = useId();
  const save = () => saveAs(new Blob([chosen.xml], { type: "application/xml" }), chosen.name);
  return (
    <section className="panel model-text">
      <div className="row">
        <h2 className="grow mono">{chosen.name}</h2>
        <Button text={t("save")} icon="download" run={save} />
      </div>
      <label className="soft" htmlFor={id}>{t("text")}</label>
      <textarea
        id={id} className="mono" rows={24} spellCheck={false} wrap="off" value={chosen.xml}
        onChange={(event) => onChange(event.target.value)}
      />
    </section>
  );
}

// What was changed since the file was opened, by element.
function Changes({ chosen }: { chosen: Chosen }) {
  const { t } = useModelWords();
  const changes = changesOf(chosen.opened, chosen.xml);
  const n = changes.length;
  return (
    <section className="panel">
      <h2>{t(n === 0 ? "changesNone" : n === 1 ? "change1" : "changes", { n })}</h2>
      <ul className="grants model-changes">
        {changes.map(({ kind, element }) => (
          <li key={`${kind} ${element.id}`} className={kind}>
            <b>{t(kind)}</b> <span className="mono">{element.kind} {element.id}</span>
            {element.name && <> {element.name}</>}
          </li>
        ))}
      </ul>
      <p className="soft">{t("howToDeploy")}</p>
    </section>
  );
}
