// Buttons and links that look like them. A busy button stays in place and says so.
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

export type ButtonKind = "main" | "plain" | "quiet" | "danger";
interface ButtonProps {
  text: string;
  run: () => void;
  kind?: ButtonKind;
  icon?: IconName;
  isBusy?: boolean;
  isOff?: boolean;
  isIconOnly?: boolean;
  isSubmit?: boolean;
  label?: string;
  lang?: string;
}

export function Button(props: ButtonProps) {
  const { text, run, kind = "plain", icon, isBusy = false, isOff = false } = props;
  const shape = props.isIconOnly ? " icon-only" : "";
  return (
    <button
      type={props.isSubmit ? "submit" : "button"}
      className={`button ${kind}${shape}`}
      onClick={props.isSubmit ? undefined : run}
      disabled={isOff || isBusy}
      aria-busy={isBusy || undefined}
      aria-label={props.label ?? (props.isIconOnly ? text : undefined)}
      title={props.isIconOnly ? text : undefined}
      lang={props.lang}
    >
      {isBusy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {!props.isIconOnly && <span>{text}</span>}
    </button>
  );
}

interface LinkProps {
  href: string;
  kind?: ButtonKind;
  icon?: IconName;
  children: ReactNode;
}
export function ButtonLink({ href, kind = "plain", icon, children }: LinkProps) {
  return (
    <a className={`button ${kind}`} href={href}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}
