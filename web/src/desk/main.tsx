// The desk page. Every style that a desk page needs comes with the first one, in this order: no
// page can be drawn before its layout is there, or differently after another page had been open
// (scripts/budgets.mjs refuses late styles of the desk).
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/photo.css";
import "../styles/desk.css";
import "../styles/control.css";
import "../styles/m_loop.css";
import "../styles/delegation.css";
import "../styles/factor.css";
import "../styles/proof.css";
import "../styles/plan.css";
import "../styles/desk_work.css";
import "../styles/permit_parts.css";
import "../styles/permit.css";
import "../styles/desk_policy.css";
import "../styles/desk_models.css";
import "uplot/dist/uPlot.min.css";
import { createRoot } from "react-dom/client";
import { startLive } from "../data/live.ts";
import { startPrefs } from "../data/prefs.ts";
import { start } from "../data/session.ts";
import { startBlink } from "../parts/blink.ts";
import { App } from "./app.tsx";

startPrefs();
startBlink(document.documentElement);
startLive();
void start();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
