// A list from a file: .xlsx through the reader that is loaded only then, everything else as text.
import { parseCsv } from "./csv.ts";

async function textOf(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Spreadsheets in Chinese Windows save CSV in this encoding.
    return new TextDecoder("gb18030").decode(bytes);
  }
}

export async function readSheet(file: File): Promise<string[][]> {
  if (!/\.xlsx$/i.test(file.name)) return parseCsv(await textOf(file));
  const { readSheet: read } = await import("read-excel-file/browser");
  const rows = await read(file);
  return rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell).trim())));
}
