// On every page of whoever looks with a person's eyes, with the way out of it.
import { useState } from "react";
import type { Me } from "../api/types.ts";
import { endView } from "../api/calls_policy.ts";
import { usePolicy } from "../text/policy_words.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

export default function ViewBanner({ me }: { me: Me }) {
  const { t } = usePolicy();
  const [isBusy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    await endView().catch(() => {});
    // Nothing that was read with those eyes stays.
    location.reload();
  };
  return (
    <div className="banner warn viewing" role="status">
      <Icon name="person" />
      <span className="grow">{t("viewing", { viewer: me.viewer ?? "", name: me.name })}</span>
      <Button text={t("viewEnd")} icon="out" isBusy={isBusy} run={() => void end()} />
    </div>
  );
}
