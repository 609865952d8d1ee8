// Below the log-in: what needs none.
import { useLoopText } from "../text/loop.ts";
import { ButtonLink } from "../parts/button.tsx";
import "../styles/m_loop.css";

export default function NamelessLinks() {
  const { p } = useLoopText();
  return (
    <nav className="nameless-links" aria-label={p("anonymous")}>
      <ButtonLink href="#/anonymous" icon="shield">{p("reportNameless")}</ButtonLink>
      <ButtonLink href="#/follow" icon="eye">{p("followCode")}</ButtonLink>
    </nav>
  );
}
