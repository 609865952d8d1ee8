// Whether it is proven that somebody is on the spot, told before they press.
import { useFix } from "../data/position.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Icon } from "../parts/icon.tsx";

export function SpotLine() {
  const { p } = usePermitPhone();
  const fix = useFix();
  const isKnown = fix.state === "known";
  return (
    <p className={`spot-line ${isKnown ? "good" : "warn"}`} role="status">
      <Icon name={isKnown ? "check" : "place"} />
      <span className="num">
        {isKnown ? p("spotKnown", { m: Math.round(fix.position.accuracy_m) })
          : p(fix.state === "asking" ? "spotAsking" : "spotNone")}
      </span>
    </p>
  );
}
