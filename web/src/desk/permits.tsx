// Everything about permits on the desk: the live board, certificates, the rules behind them, and
// figures. The part of the route behind "permits" says which.
import { lazy, Suspense } from "react";
import { useRoute } from "../data/route.ts";
import { usePermitDesk, type PermitDeskKey } from "../text/permit_desk.ts";
import { useTitle } from "../parts/shell.tsx";
import { Loading } from "../parts/states.tsx";
import { PermitBoard } from "./permit_board.tsx";
import "../styles/permit.css";

const Rules = lazy(() => import("./permit_rules.tsx"));
const Certificates = lazy(() => import("./permit_certificates.tsx"));
const Instruments = lazy(() => import("./permit_instruments.tsx"));
const Goods = lazy(() => import("./permit_goods.tsx"));
const Room = lazy(() => import("./permit_room.tsx"));
const Figures = lazy(() => import("./permit_figures.tsx"));

const tabs: { to: string; text: PermitDeskKey }[] = [
  { to: "", text: "tabBoard" }, { to: "room", text: "tabRoom" },
  { to: "figures", text: "tabFigures" },
  { to: "certificates", text: "tabCertificates" },
  { to: "instruments", text: "tabInstruments" }, { to: "goods", text: "tabGoods" },
  { to: "rules", text: "tabRules" },
];

function Tab({ tab, query }: { tab: string; query: Record<string, string> }) {
  switch (tab) {
    case "room": return <Room />;
    case "rules": return <Rules />;
    case "certificates": return <Certificates />;
    case "instruments": return <Instruments />;
    case "goods": return <Goods />;
    case "figures": return <Figures query={query} />;
    default: return <PermitBoard query={query} />;
  }
}

export default function PermitPage() {
  const { p } = usePermitDesk();
  const { path, query } = useRoute();
  const [, tab = ""] = path;
  useTitle(p("permitsTitle"));
  return (
    <div className="permit-page">
      <div className="row permit-top">
        <h1>{p("permitsTitle")}</h1>
        <nav className="tab-row" aria-label={p("permitsTitle")}>
          {tabs.map(({ to, text }) => (
            <a
              key={to} className="chip" href={`#/permits${to && `/${to}`}`}
              aria-current={tab === to ? "page" : undefined}
            >{p(text)}</a>
          ))}
        </nav>
        <span className="grow" />
      </div>
      <Suspense fallback={<Loading />}><Tab tab={tab} query={query} /></Suspense>
    </div>
  );
}
