// The rules for a page that asks them while somebody types: fetched when it is first shown.
import { useCallback, useEffect, useState } from "react";
import { loadRules, type Rules } from "./rules.ts";

export interface RulesState {
  rules: Rules | null;
  isFailed: boolean; // no link, or this build has none
  retry: () => void;
}

export function useRules(): RulesState {
  const [rules, setRules] = useState<Rules | null>(null);
  const [isFailed, setFailed] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isShown = true;
    setFailed(false);
    loadRules().then(
      (loaded) => { if (isShown) setRules(loaded); },
      () => { if (isShown) setFailed(true); },
    );
    return () => { isShown = false; };
  }, [round]);
  const retry = useCallback(() => setRound((before) => before + 1), []);
  return { rules, isFailed, retry };
}
