// A part of a page that comes later may fail to come: without a link, or after a new build. The
// rest of the page goes on.
import { Component, type ReactNode } from "react";
import { useText } from "../text/index.ts";
import { Button } from "../parts/button.tsx";
import { Empty } from "../parts/states.tsx";

interface PartProps {
  children: ReactNode;
  isSilent?: boolean;
}
export class Part extends Component<PartProps, { isLost: boolean }> {
  override state = { isLost: false };
  static getDerivedStateFromError() {
    return { isLost: true };
  }
  override render() {
    if (!this.state.isLost) return this.props.children;
    return this.props.isSilent ? null : <Lost />;
  }
}

function Lost() {
  const { t } = useText();
  return (
    <main id="main">
      <Empty icon="link" title={t("partMissing")}>
        <Button text={t("retry")} icon="refresh" run={() => location.reload()} />
        <a className="button plain" href="#/" onClick={() => setTimeout(() => location.reload())}>
          {t("back")}
        </a>
      </Empty>
    </main>
  );
}
