// Sound and vibration of an urgent word, until somebody answers. No file: two tones are made here.
type AudioMaker = typeof AudioContext;

let audio: AudioContext | null = null;
const beep_ms = 450;
const round_ms = 3000;
const rounds_max = 40;
const shake = [500, 150, 500, 150, 800];

// Browsers let a page make a sound only after somebody has touched it.
function unlock(): void {
  const Maker = window.AudioContext ??
    (window as unknown as { webkitAudioContext?: AudioMaker }).webkitAudioContext;
  if (!audio && Maker) audio = new Maker();
  void audio?.resume().catch(() => {});
}
if (typeof document !== "undefined") {
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, unlock, { passive: true });
}

function tone(at: number, frequency: number): void {
  if (!audio || audio.state !== "running") return;
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.type = "square";
  source.frequency.value = frequency;
  volume.gain.value = 0.22;
  source.connect(volume).connect(audio.destination);
  source.start(audio.currentTime + at / 1000);
  source.stop(audio.currentTime + (at + beep_ms) / 1000);
}

export function buzz(pattern: number[] = shake): void {
  if ("vibrate" in navigator) navigator.vibrate(pattern);
}

function round(): void {
  buzz();
  for (const [at, frequency] of [[0, 880], [500, 660], [1000, 880], [1500, 660]] as const) {
    tone(at, frequency);
  }
}

// Returns what ends it.
export function sound(): () => void {
  let count = 1;
  round();
  const timer = setInterval(() => {
    if ((count += 1) > rounds_max) clearInterval(timer);
    else round();
  }, round_ms);
  return () => {
    clearInterval(timer);
    if ("vibrate" in navigator) navigator.vibrate(0);
  };
}
