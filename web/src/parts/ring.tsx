// How much of a time is left, as a ring: seen from an arm's length.
const radius = 44;
const around = 2 * Math.PI * radius;

export function Ring({ share, tone, text, note }: {
  share: number; tone: "good" | "warn" | "bad"; text: string; note: string;
}) {
  return (
    <div className={`ring ${tone}`}>
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle className="ring-rail" cx="50" cy="50" r={radius} />
        <circle
          className="ring-left" cx="50" cy="50" r={radius} transform="rotate(-90 50 50)"
          strokeDasharray={around}
          strokeDashoffset={around * (1 - Math.min(1, Math.max(0, share)))}
        />
      </svg>
      <p className="ring-text"><b className="num">{text}</b><span>{note}</span></p>
    </div>
  );
}
