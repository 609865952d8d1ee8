// Which desk page is shown, and the frame around it.
import { lazy, Suspense, type ReactNode } from "react";
import type { Me } from "../api/types.ts";
import { seesAlarms } from "../data/alarms.ts";
import { boardForms } from "../data/desk_filter.ts";
import { answersForRules } from "../data/desk_rules.ts";
import { useRoute } from "../data/route.ts";
import { may, useMe, useSession } from "../data/session.ts";
import { useSeat } from "../text/desk.ts";
import { Login, MustChange } from "../parts/login.tsx";
import { Gate } from "../parts/shell.tsx";
import { Empty, Loading } from "../parts/states.tsx";
import { Toasts } from "../parts/toast.tsx";
import { Frame } from "./frame.tsx";
import { NoticePage, TaskPage } from "./mine.tsx";
import { FirstAccount } from "./setup_first.tsx";

const Board = lazy(() => import("./board.tsx"));
const CasePage = lazy(() => import("./case.tsx"));
const HazardsPage = lazy(() => import("./hazards.tsx"));
const FiguresPage = lazy(() => import("./figures.tsx"));
const DutyPage = lazy(() => import("./duty.tsx"));
const LedgerPage = lazy(() => import("./ledger.tsx"));
const SystemPage = lazy(() => import("./system.tsx"));
const Overview = lazy(() => import("./overview.tsx"));
const AlarmPage = lazy(() => import("./alarms.tsx"));
const SourcesPage = lazy(() => import("./sources.tsx"));
const DevicePage = lazy(() => import("./device.tsx"));
const Trends = lazy(() => import("./trends.tsx"));
const WallPage = lazy(() => import("./wall.tsx"));
const PermitPage = lazy(() => import("./permits.tsx"));
const PermitCase = lazy(() => import("./permit_case.tsx"));
const ResponsesPage = lazy(() => import("./responses.tsx"));
const Console = lazy(() => import("./console.tsx"));
const ReportPage = lazy(() => import("./report.tsx"));
const SetUp = lazy(() => import("./setup.tsx"));
const PolicyPage = lazy(() => import("./policy.tsx"));
const ModelsPage = lazy(() => import("./models.tsx"));
const Requests = lazy(() => import("./requests.tsx"));
const Labels = lazy(() => import("./labels.tsx"));
const Lists = lazy(() => import("./lists.tsx"));
const Master = lazy(() => import("./master.tsx"));

function Page(): ReactNode {
  const { path, query } = useRoute();
  const me = useMe();
  const [page = "", form = "", id = ""] = path;
  const isAdmin = may(me, "people", "administer");
  const runsSystem = may(me, "setup", "administer");
  const isWatch = seesAlarms(me);
  const seesResponses = isWatch || may(me, "response", "read");
  switch (page) {
    case "hazards": case "list":
      return seesCases(me) ? <HazardsPage view={page} filters={query} /> : <NotAllowed />;
    case "figures":
      return may(me, "hazard", "aggregate") ? <FiguresPage query={query} /> : <NotAllowed />;
    case "duty": return may(me, "duty", "list") ? <DutyPage /> : <NotAllowed />;
    case "ledger":
      return runsSystem ? <LedgerPage key={form} form={form} /> : <NotAllowed />;
    case "system": return runsSystem ? <SystemPage /> : <NotAllowed />;
    case "alarms": return isWatch ? <AlarmPage tab={form} query={query} /> : <NotAllowed />;
    case "sources": return runsSystem ? <SourcesPage /> : <NotAllowed />;
    case "lists": return may(me, "alarm_limit", "list")
      ? <Lists key={query["find"] ?? ""} form={form} find={query["find"] ?? ""} /> : <NotAllowed />;
    case "trends": return isWatch ? <Trends query={query} /> : <NotAllowed />;
    case "device":
      return may(me, "tag", "list") ? <DevicePage key={form} code={form} /> : <NotAllowed />;
    case "tags": return isWatch ? <WallPage query={query} /> : <NotAllowed />;
    case "permits": return may(me, "permit", "list") ? <PermitPage /> : <NotAllowed />;
    case "responses": return seesResponses ? <ResponsesPage /> : <NotAllowed />;
    case "response": return seesResponses ? <Console key={form} id={form} /> : <NotAllowed />;
    case "report": return seesResponses ? <ReportPage key={form} id={form} /> : <NotAllowed />;
    case "case": return form === "permit"
      ? <PermitCase key={id} id={id} /> : <CasePage key={id} form={form} id={id} />;
    case "tasks": return <TaskPage />;
    case "notices": return <NoticePage />;
    case "new": case "delegations": return <Requests page={page} form={form} />;
    case "labels": return may(me, "area", "list") ? <Labels /> : <NotAllowed />;
    case "policy": return isAdmin ? <PolicyPage tab={form} /> : <NotAllowed />;
    case "models":
      return answersForRules(me) ? <ModelsPage tab={form} /> : <NotAllowed />;
    case "people": return isAdmin ? <Master tab="people" /> : <NotAllowed />;
    case "master": return isAdmin ? <Master tab="area" /> : <NotAllowed />;
    case "setup": return isAdmin ? <SetUp step={form} /> : <NotAllowed />;
    default: return isWatch ? <Overview query={query} />
      : may(me, "hazard", "list") ? <Board /> : <Home isAdmin={isAdmin} />;
  }
}

const seesCases = (me: Me): boolean => boardForms.some((form) => may(me, form, "list"));

// Somebody who sees no hazards starts where their work is.
function Home({ isAdmin }: { isAdmin: boolean }) {
  return isAdmin ? <Master tab="people" /> : <TaskPage />;
}

function NotAllowed() {
  const { t } = useSeat();
  return <Empty icon="shield" title={t("notAllowed")} />;
}

function Inside() {
  const session = useSession();
  if (session.kind === "unknown") return <Gate session={session} />;
  if (session.kind === "empty") return <FirstAccount />;
  if (session.kind === "nobody") return <Login client="desk" wasThere={session.wasThere} />;
  if (session.me.must_change_password) return <MustChange />;
  return <Frame><Suspense fallback={<Loading />}><Page /></Suspense></Frame>;
}

export function App() {
  return (
    <>
      <Inside />
      <Toasts />
    </>
  );
}
