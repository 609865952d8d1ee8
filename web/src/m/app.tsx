// Which phone screen is shown. Pages that are not the first one come when they are wanted.
import { lazy, Suspense, type ComponentType } from "react";
import { Loading } from "../parts/states.tsx";
import { Gate } from "../parts/shell.tsx";
import { Toasts } from "../parts/toast.tsx";
import { useRoute } from "../data/route.ts";
import { useSession } from "../data/session.ts";
import { Part } from "./part.tsx";
import { Today } from "./today.tsx";

const logins = () => import("../parts/login.tsx");
const Login = lazy(() => logins().then((all) => ({ default: all.Login })));
const MustChange = lazy(() => logins().then((all) => ({ default: all.MustChange })));
const lists = () => import("./lists.tsx");
const MineList = lazy(() => lists().then((all) => ({ default: all.MineList })));
const NoticeList = lazy(() => lists().then((all) => ({ default: all.NoticeList })));
const TaskList = lazy(() => lists().then((all) => ({ default: all.TaskList })));
const Report = lazy(() => import("./report.tsx"));
const Keeper = lazy(() => import("./keeper.tsx"));
const SyncPage = lazy(() => import("./sync.tsx"));
const FollowPage = lazy(() => import("./follow.tsx"));
const NamelessLinks = lazy(() => import("./nameless_links.tsx"));
const Case = lazy(() => import("./case.tsx"));
const MePage = lazy(() => import("./me.tsx"));
const WayPage = lazy(() => import("./way.tsx"));
const SosPage = lazy(() => import("./sos.tsx"));
const ResponsePage = lazy(() => import("./response.tsx"));
const UrgentWatch = lazy(() => import("./urgent.tsx"));
const PermitList = lazy(() => import("./permits.tsx").then((all) => ({ default: all.PermitList })));
const PermitPage = lazy(() => import("./permits.tsx").then((all) => ({ default: all.PermitPage })));
const GoodsPage = lazy(() => import("./permits.tsx").then((all) => ({ default: all.GoodsPage })));
const Requests = lazy(() => import("./requests.tsx"));
const AlarmPage = lazy(() => import("./alarms.tsx"));
const SosCase = lazy(() => import("./sos_case.tsx"));

const own: Record<string, ComponentType<{ id: string }>> = {
  response: ResponsePage, permit: PermitPage, sos: SosCase, goods_move: GoodsPage,
};

function Screen() {
  const { path, query } = useRoute();
  const [page = "", form = "", id = ""] = path;
  switch (page) {
    case "report": return <Report code={query["code"] ?? ""} kind={query["kind"] ?? ""} />;
    case "sync": return <SyncPage />;
    case "tasks": return <TaskList />;
    case "mine": return <MineList />;
    case "notices": return <NoticeList />;
    case "me": return <MePage />;
    case "way": return <WayPage id={form} />;
    case "sos": return <SosPage />;
    case "new": case "delegations": return <Requests page={page} form={form} />;
    case "alarms": return <AlarmPage id={form} />;
    case "permits": return <PermitList />;
    case "case": {
      const Own = own[form];
      return Own ? <Own key={id} id={id} /> : <Case key={id} form={form} id={id} />;
    }
    default: return <Today />;
  }
}

// Open to everybody: nothing here asks who it is.
function Open({ page, code }: { page: string; code: string }) {
  switch (page) {
    case "follow": return <FollowPage />;
    case "anonymous": return <Report code={code} isNameless />;
    case "sync": return <SyncPage />;
    default: return null;
  }
}
const open = ["follow", "anonymous", "sync"];

function Inside() {
  const session = useSession();
  const { path, query } = useRoute();
  const [page = ""] = path;
  const isPerson = session.kind === "person";
  if (open.includes(page) && (page !== "sync" || !isPerson)) {
    return <Open page={page} code={query["code"] ?? ""} />;
  }
  if (session.kind === "unknown") return <Gate session={session} />;
  // A plant that is not there yet is set up on the desk.
  if (session.kind === "empty") {
    location.replace("/desk/");
    return null;
  }
  if (session.kind === "nobody") {
    return <><Login client="m" wasThere={session.wasThere} /><NamelessLinks /></>;
  }
  if (session.me.must_change_password) return <MustChange />;
  return (
    <>
      <Part><Suspense fallback={<Loading />}><Screen /></Suspense></Part>
      <Part isSilent><Suspense fallback={null}><UrgentWatch /></Suspense></Part>
    </>
  );
}

export function App() {
  return (
    <>
      <Part><Suspense fallback={<Loading />}><Inside /></Suspense></Part>
      <Part isSilent><Suspense fallback={null}><Keeper /></Suspense></Part>
      <Toasts />
    </>
  );
}
