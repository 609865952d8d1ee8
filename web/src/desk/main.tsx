// The desk page.
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/photo.css";
import "../styles/desk.css";
import "../styles/control.css";
import { createRoot } from "react-dom/client";
import { startLive } from "../data/live.ts";
import { startPrefs } from "../data/prefs.ts";
import { start } from "../data/session.ts";
import { App } from "./app.tsx";

startPrefs();
startLive();
void start();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
