// A form that is being sent: busy meanwhile, and what was refused afterwards.
import { useState } from "react";
import { asRefusal, type Refusal } from "../api/client.ts";

export function useSending() {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async (run: () => Promise<void>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await run();
    } catch (reason) {
      setRefusal(asRefusal(reason));
    }
    setBusy(false);
  };
  return { refusal, isBusy, send };
}
