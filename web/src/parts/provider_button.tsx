// Log-in by the plant's own provider, where there is one. Local accounts stay beside it.
import { useEffect, useState } from "react";
import { loginWays, type LoginWays } from "../api/calls_factor.ts";
import { localText } from "../data/prefs.ts";
import { useFactorText, type FactorKey } from "../text/factor.ts";
import { ButtonLink } from "./button.tsx";
import "../styles/factor.css";

const refusals: Record<string, FactorKey> = {
  unknown: "refusedUnknown", down: "refusedDown", again: "refusedAgain", failed: "refusedFailed",
};

interface ProviderProps {
  client: "m" | "desk";
  refused: string | undefined;
}
export default function ProviderButton({ client, refused }: ProviderProps) {
  const { p, lang } = useFactorText();
  const [ways, setWays] = useState<LoginWays | null>(null);
  useEffect(() => {
    // An older server knows no other ways.
    loginWays().then(setWays, () => setWays(null));
  }, []);
  if (!ways?.provider) return null;
  return (
    <div className="login-other">
      {refused && <p className="banner warn" role="alert">
        {p(refusals[refused] ?? "refusedFailed")}
      </p>}
      <p className="soft">{p("or")}</p>
      <ButtonLink href={`/api/login/provider/start?client=${client}`} icon="shield">
        {localText(ways.provider.label, lang)}
      </ButtonLink>
    </div>
  );
}
