// A dialog that keeps the keyboard inside, closes with Escape and gives the focus back.
import { useEffect, useRef, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { useText } from "../text/index.ts";
import { Button } from "./button.tsx";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  actions?: ReactNode;
  isWide?: boolean;
}

const reachable = "a[href],button:not([disabled]),input,textarea,select,[tabindex='0']";

function keepInside(event: KeyboardEvent, box: HTMLElement): void {
  const all = [...box.querySelectorAll<HTMLElement>(reachable)];
  const first = all[0];
  const last = all[all.length - 1];
  if (event.key !== "Tab" || !first || !last) return;
  const at = document.activeElement;
  if (event.shiftKey && (at === first || at === box)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && at === last) {
    event.preventDefault();
    first.focus();
  }
}

// What lies behind can neither be reached nor read out meanwhile, unless the dialog lies in it.
let covers = 0;
function cover(box: HTMLElement | null): () => void {
  const page = document.getElementById("root");
  if (!page || page.contains(box)) return () => {};
  covers += 1;
  page.inert = true;
  return () => {
    covers -= 1;
    page.inert = covers > 0;
  };
}

export function useTrap(onClose: () => void) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    const open = cover(box.current);
    box.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") close.current();
      else if (box.current) keepInside(event, box.current);
    };
    addEventListener("keydown", onKey);
    document.body.classList.add("held");
    return () => {
      removeEventListener("keydown", onKey);
      document.body.classList.remove("held");
      open();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return box;
}

export function Dialog({ title, onClose, children, actions, isWide }: DialogProps) {
  const box = useTrap(onClose);
  const { t } = useText();
  return createPortal(
    <div className="shade" onClick={(event) => event.target === event.currentTarget && onClose()}>
      <div
        ref={box} role="dialog" aria-modal="true" aria-label={title} tabIndex={-1}
        className={`dialog${isWide ? " wide" : ""}`}
      >
        <header>
          <h2>{title}</h2>
          <Button text={t("close")} icon="close" isIconOnly kind="quiet" run={onClose} />
        </header>
        <div className="dialog-body">{children}</div>
        {actions && <footer>{actions}</footer>}
      </div>
    </div>,
    document.body,
  );
}
