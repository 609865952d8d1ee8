// Small parts of a report: words that may be spoken, and when it happened.
import { useState } from "react";
import { serverNow } from "../data/clock.ts";
import { localInput } from "../data/format.ts";
import { useSpeech } from "../data/speech.ts";
import { useLoopText } from "../text/loop.ts";
import { Button } from "../parts/button.tsx";
import { Chips, TextArea, TextField } from "../parts/field.tsx";

interface WordsProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  isNameless: boolean;
  hint?: string;
  rows?: number;
}
export function Words({ label, value, onChange, isNameless, hint, rows = 3 }: WordsProps) {
  const { p, lang } = useLoopText();
  const voice = useSpeech(lang, (heard) => onChange(value ? `${value} ${heard}` : heard));
  // A voice must not go to somebody else's service for a person who wants to stay unknown.
  const isOffered = voice.ear === "own" || (voice.ear === "system" && !isNameless);
  return (
    <div className="words-box">
      <TextArea
        label={label} value={value} onChange={onChange} rows={rows} maxLength={1000} hint={hint}
      />
      {isOffered && (
        <Button
          text={p(voice.isListening ? "voiceStop" : "voice")} icon="mic"
          kind={voice.isListening ? "main" : "plain"} run={voice.toggle}
        />
      )}
      {voice.isListening && <p className="soft" role="status">{p("voiceListening")}</p>}
      {voice.isLost && <p className="fault" role="alert">{p("voiceLost")}</p>}
      {isOffered && voice.ear === "system" && <p className="soft">{p("voiceSystem")}</p>}
    </div>
  );
}

const hours = [1, 4, 12];
interface WhenProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}
export function WhenAgo({ label, value, onChange }: WhenProps) {
  const { p, t } = useLoopText();
  const [chosen, choose] = useState<string | null>(null);
  const pick = (count: string) => {
    choose(count);
    onChange(new Date(serverNow() - Number(count) * 3600000).toISOString());
  };
  const choices = [
    { value: "0", text: p("whenNow") },
    ...hours.map((count) => ({ value: String(count), text: p("whenHours", { n: count }) })),
  ];
  const type = (local: string) => {
    choose(null);
    const at = new Date(local);
    if (!Number.isNaN(at.getTime())) onChange(at.toISOString());
  };
  return (
    <div className="pick">
      <Chips label={label} choices={choices} value={chosen} onChange={pick} />
      <TextField
        kind="datetime-local" label={t("pickOther")} value={localInput(value || null)}
        onChange={type}
      />
    </div>
  );
}
