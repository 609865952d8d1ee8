// The phone page.
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/photo.css";
import "../styles/m.css";
import { createRoot } from "react-dom/client";
import { startLive } from "../data/live.ts";
import { startPrefs } from "../data/prefs.ts";
import { keepMe } from "../data/kept_me.ts";
import { start } from "../data/session.ts";
import { App } from "./app.tsx";

startPrefs();
keepMe();
startLive();
void start();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
