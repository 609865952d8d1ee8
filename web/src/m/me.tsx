// Who I am here, and the switches that are mine.
import { lazy, Suspense, useState } from "react";
import { localText } from "../data/prefs.ts";
import { logOut, useMe } from "../data/session.ts";
import { useText } from "../text/index.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { PasswordForm } from "../parts/login.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { ThemeButton } from "../parts/shell.tsx";
import { Frame } from "./frame.tsx";
import { Part } from "./part.tsx";

const MeMore = lazy(() => import("./me_more.tsx"));

export default function MePage() {
  const { t, lang } = useText();
  const me = useMe();
  const [isChanging, setChanging] = useState(false);
  return (
    <Frame title={t("meTab")}>
      <section className="panel me">
        <p className="big">{me.name}</p>
        <p className="soft num">{me.login}</p>
        <ul className="grants">
          {me.grants.map((grant) => (
            <li key={`${grant.role}${grant.org_path}`}>
              {localText(me.roles[grant.role], lang) || grant.role}
              <span className="soft num"> {grant.org_path}</span>
            </li>
          ))}
        </ul>
      </section>
      <Part isSilent><Suspense fallback={null}><MeMore /></Suspense></Part>
      <div className="stack">
        <Button text={t("changePassword")} icon="shield" run={() => setChanging(true)} />
        <ButtonLink href="/desk/" icon="board">{t("toDesk")}</ButtonLink>
        <ButtonLink href="/ca" icon="shield">{t("caTrust")}</ButtonLink>
        <div className="row"><span>{t("themeSwitch")}</span><ThemeButton /></div>
        <Button
          text={t("logOut")} kind="danger" icon="out" run={() => void logOut().catch(() => {})}
        />
      </div>
      {isChanging && (
        <Dialog title={t("changePassword")} onClose={() => setChanging(false)}>
          <PasswordForm isForced={false} onDone={() => setChanging(false)} />
        </Dialog>
      )}
    </Frame>
  );
}
