// Cases as a board or as a list, by kind; the filters stand in the address.
import { useEffect, type ReactNode } from "react";
import type { FormSource, Me } from "../api/types.ts";
import { boardForms, formOf, withForm, type Filters, type View } from "../data/desk_filter.ts";
import { localText } from "../data/prefs.ts";
import { useForm } from "../data/records.ts";
import { hrefOf, replaceRoute } from "../data/route.ts";
import { may, useMe } from "../data/session.ts";
import { useWork } from "../text/desk_work.ts";
import { useTitle } from "../parts/shell.tsx";
import { Ready } from "../parts/states.tsx";
import { ExportButtons } from "./export_buttons.tsx";
import { HazardBoard } from "./hazard_board.tsx";
import { FilterBar } from "./hazard_filters.tsx";
import { HazardList } from "./hazard_list.tsx";
import "../styles/desk_work.css";

interface PageProps {
  view: View;
  filters: Filters;
}
export interface ViewProps extends PageProps {
  form: FormSource;
  me: Me;
}

export default function HazardsPage({ view, filters }: PageProps) {
  const { w } = useWork();
  const me = useMe();
  const forms = boardForms.filter((form) => may(me, form, "list"));
  const wanted = formOf(filters);
  const here = forms.includes(wanted) ? wanted : forms[0] ?? "hazard";
  useTitle(w(view === "list" ? "casesList" : "casesBoard"));
  const source = useForm(here);
  return (
    <div className={`cases ${view}`}>
      <h1 className="unseen">{w(view === "list" ? "casesList" : "casesBoard")}</h1>
      <Ready query={source}>
        {(form) => <Cases key={here} view={view} filters={filters} form={form} me={me}>
          <Kinds forms={forms} here={here} view={view} filters={filters} />
        </Cases>}
      </Ready>
    </div>
  );
}

function Cases({ children, ...props }: ViewProps & { children: ReactNode }) {
  const { view, filters } = props;
  // "/" goes to the search, as on the alarm page.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement &&
        !!event.target.closest("input, textarea, select, .dialog");
      if (event.key !== "/" || isTyping) return;
      event.preventDefault();
      document.querySelector<HTMLInputElement>(".case-filters input[type=search]")?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <div className="cases-top">
        {children}
        <span className="grow" />
        <ExportButtons {...props} />
        <Views view={view} filters={filters} />
      </div>
      <FilterBar {...props} set={(next) => replaceRoute(view, next)} />
      {view === "list" ? <HazardList {...props} /> : <HazardBoard {...props} />}
    </>
  );
}

interface KindProps extends PageProps {
  forms: string[];
  here: string;
}
function Kinds({ forms, here, view, filters }: KindProps) {
  const { w } = useWork();
  if (forms.length < 2) return null;
  return (
    <nav className="kinds-nav tab-row" aria-label={w("caseKinds")}>
      {forms.map((form) => (
        <a
          key={form} className="chip" aria-current={form === here ? "page" : undefined}
          href={hrefOf(view, withForm(filters, form))}
        >
          <Title form={form} />
        </a>
      ))}
    </nav>
  );
}
function Title({ form }: { form: string }) {
  const { lang } = useWork();
  return <>{localText(useForm(form).value?.title, lang) || form}</>;
}

function Views({ view, filters }: PageProps) {
  const { w } = useWork();
  const views: View[] = ["hazards", "list"];
  return (
    <nav className="tab-row" aria-label={w("casesView")}>
      {views.map((one) => (
        <a
          key={one} className="chip" aria-current={one === view ? "page" : undefined}
          href={hrefOf(one, filters)}
        >
          {w(one === "list" ? "viewList" : "viewBoard")}
        </a>
      ))}
    </nav>
  );
}
