// A short word on what was just done. Read aloud by screen readers, gone after a while.
import { createStore, useStore } from "../data/store.ts";
import { Icon } from "./icon.tsx";

interface Toast {
  // Each is said anew, also when it has the words of the one before.
  id: number;
  text: string;
  isGood: boolean;
}
const toast = createStore<Toast | null>(null);
const shown_ms = 5000;
let count = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, isGood = true): void {
  count += 1;
  toast.set({ id: count, text, isGood });
  clearTimeout(timer);
  timer = setTimeout(() => toast.set(null), shown_ms);
  if (isGood && "vibrate" in navigator) navigator.vibrate(40);
}

export function Toasts() {
  const now = useStore(toast);
  return (
    <div className="toasts" role="status">
      {now && (
        <p key={now.id} className={`toast ${now.isGood ? "good" : "bad"}`}>
          <Icon name={now.isGood ? "check" : "warn"} />
          {now.text}
        </p>
      )}
    </div>
  );
}
