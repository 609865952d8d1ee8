// Who I am here, and the switches that are mine.
import { lazy, Suspense, useState } from "react";
import * as calls from "../api/calls.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { logOut, useMe } from "../data/session.ts";
import { useWaiting } from "../data/waiting.ts";
import { useDelegationText } from "../text/delegation.ts";
import { useLoopText } from "../text/loop.ts";
import { Button, ButtonLink } from "../parts/button.tsx";
import { PasswordForm } from "../parts/login.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { ThemeButton } from "../parts/shell.tsx";
import { Frame } from "./frame.tsx";
import { Part } from "./part.tsx";

const MeMore = lazy(() => import("./me_more.tsx"));
const Devices = lazy(() => import("./devices.tsx"));

export default function MePage() {
  const { t, p, lang } = useLoopText();
  const { t: delegation } = useDelegationText();
  const me = useMe();
  const [isChanging, setChanging] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const { count } = useWaiting();
  const units = useQuery("org", calls.org).value?.units ?? [];
  const unitOf = (path: string) =>
    localText(units.find((unit) => unit.path === path)?.name, lang) || path;
  const out = () => void logOut().catch(() => {});
  const leave = () => (count > 0 ? setLeaving(true) : out());
  return (
    <Frame title={t("meTab")}>
      <section className="panel me">
        <p className="big">{me.name}</p>
        <p className="soft num">{me.login}</p>
        <ul className="grants">
          {me.grants.map((grant) => (
            <li key={`${grant.role}${grant.org_path}`}>
              {localText(me.roles[grant.role], lang) || grant.role}
              <span className="soft"> · {unitOf(grant.org_path)}</span>
            </li>
          ))}
        </ul>
      </section>
      <Part isSilent><Suspense fallback={null}><Devices /></Suspense></Part>
      <Part isSilent><Suspense fallback={null}><MeMore /></Suspense></Part>
      <div className="stack">
        <Button text={t("changePassword")} icon="shield" run={() => setChanging(true)} />
        <ButtonLink href="/desk/" icon="board">{t("toDesk")}</ButtonLink>
        <ButtonLink href="/ca" icon="shield">{t("caTrust")}</ButtonLink>
        <div className="row"><span>{t("themeSwitch")}</span><ThemeButton /></div>
        <ButtonLink href="#/delegations" icon="people">{delegation("title")}</ButtonLink>
        <ButtonLink href="#/sync" icon="upload">{p("syncTitle")}</ButtonLink>
        <ButtonLink href="#/follow" icon="shield">{p("followCode")}</ButtonLink>
        <Button text={t("logOut")} kind="danger" icon="out" run={leave} />
      </div>
      {isLeaving && (
        <Dialog
          title={p("logOutWaits", { n: count })} onClose={() => setLeaving(false)}
          actions={<Button text={p("logOutAnyway")} kind="danger" icon="out" run={out} />}
        >
          <div className="stack">
            <p>{p("logOutWaitsHint")}</p>
            <ButtonLink href="#/sync" kind="main" icon="upload">{p("logOutSee")}</ButtonLink>
          </div>
        </Dialog>
      )}
      {isChanging && (
        <Dialog title={t("changePassword")} onClose={() => setChanging(false)}>
          <PasswordForm isForced={false} onDone={() => setChanging(false)} />
        </Dialog>
      )}
    </Frame>
  );
}
