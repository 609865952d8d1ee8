// Reading a code out of the camera's picture: with the browser's own reader where it has one, else
// with ours, which comes with the page and never from elsewhere.
type Picture = HTMLVideoElement;
export type Read = (from: Picture) => Promise<string | null>;

interface Detector {
  detect: (from: Picture) => Promise<{ rawValue: string }[]>;
}
interface DetectorMaker {
  new (wish: { formats: string[] }): Detector;
  getSupportedFormats?: () => Promise<string[]>;
}

async function ownReader(): Promise<Read | null> {
  const maker = (globalThis as unknown as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
  if (!maker) return null;
  const formats = await maker.getSupportedFormats?.().catch(() => []) ?? [];
  if (!formats.includes("qr_code")) return null;
  const detector = new maker({ formats: ["qr_code"] });
  return async (from) => (await detector.detect(from).catch(() => []))[0]?.rawValue ?? null;
}

const side_max = 800;
async function carriedReader(): Promise<Read> {
  const [{ prepareZXingModule, readBarcodes }, { default: wasm }] = await Promise.all([
    import("zxing-wasm/reader"), import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  return async (from) => {
    const scale = Math.min(1, side_max / Math.max(from.videoWidth, from.videoHeight));
    canvas.width = Math.round(from.videoWidth * scale);
    canvas.height = Math.round(from.videoHeight * scale);
    if (!paper || canvas.width === 0) return null;
    paper.drawImage(from, 0, 0, canvas.width, canvas.height);
    const picture = paper.getImageData(0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found[0]?.text || null;
  };
}

export async function readerOf(): Promise<Read> {
  return await ownReader() ?? carriedReader();
}

// A label holds the address of its place at this plant, .../q/CODE, or the code alone. What else
// an address says is not followed.
export function codeIn(text: string): string | null {
  const words = text.trim();
  const found = /^https?:\/\/[^/]+\/q\/([^/?#]+)$/i.exec(words)?.[1];
  if (found) {
    try {
      return decodeURIComponent(found);
    } catch {
      return null;
    }
  }
  return /^[\w.:#-]{1,64}$/.test(words) ? words : null;
}
