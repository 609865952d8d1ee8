// What a page shows when it has nothing, has not yet, was refused, or may be out of date.
import type { ReactNode } from "react";
import type { Refusal } from "../api/client.ts";
import { ago, shortTime } from "../data/format.ts";
import type { Query } from "../data/query.ts";
import { fillIn, useText, type Texts } from "../text/index.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

export function refusalText(refusal: Refusal, texts: Texts): string {
  if (refusal.code === "offline") return texts.offlineText;
  if (refusal.code === "timed_out") return texts.timeoutText;
  const { shift_end } = refusal.params;
  if (typeof shift_end === "string") {
    const text = refusal.field === "guardian" ? texts.offDutyGuardian : texts.offDutyLeader;
    return fillIn(text, { time: shortTime(shift_end) });
  }
  return refusal.message || texts.refusedTitle;
}

export function Loading() {
  const { t } = useText();
  return (
    <div className="state-page" role="status">
      <span className="spinner big" aria-hidden="true" />
      <p>{t("loading")}</p>
    </div>
  );
}

interface EmptyProps {
  icon?: IconName;
  title?: string;
  hint?: string;
  children?: ReactNode;
}
export function Empty({ icon = "list", title, hint, children }: EmptyProps) {
  const { t } = useText();
  return (
    <div className="state-page">
      <Icon name={icon} />
      <p className="strong">{title ?? t("emptyTitle")}</p>
      {hint && <p className="soft">{hint}</p>}
      {children}
    </div>
  );
}

export function Refused({ refusal, retry }: { refusal: Refusal; retry?: () => void }) {
  const { t, texts } = useText();
  return (
    <div className="refused" role="alert">
      <Icon name="warn" />
      <div>
        <p className="strong">{refusalText(refusal, texts)}</p>
        {refusal.request && (
          <p className="soft">{t("requestNumber", { id: refusal.request })}</p>
        )}
      </div>
      {retry && <Button text={t("retry")} icon="refresh" run={retry} />}
    </div>
  );
}

export function Stale({ at, retry }: { at: number; retry: () => void }) {
  const { t, texts } = useText();
  return (
    <div className="banner warn" role="status">
      <Icon name="warn" />
      <span>
        {t("staleTitle")} · {t("staleSince", { ago: ago(at, Date.now(), texts) })}
      </span>
      <Button text={t("retry")} kind="quiet" run={retry} />
    </div>
  );
}

// Draws `children` with the answer once there is one; until then what is to be said instead.
export function Ready<T>(props: { query: Query<T>; children: (value: T) => ReactNode }) {
  const { query, children } = props;
  if (query.value === undefined) {
    return query.refusal ? <Refused refusal={query.refusal} retry={query.reload} /> : <Loading />;
  }
  return (
    <>
      {query.isStale && <Stale at={query.at} retry={query.reload} />}
      {children(query.value)}
    </>
  );
}
