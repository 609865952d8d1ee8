// Lists as people paste them: comma, semicolon or tab, quotes as in RFC 4180, a BOM at the front.
export const rows_max = 5000;

export function separatorOf(text: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? "";
  const times = (sign: string) => line.split(sign).length - 1;
  const [best] = ["\t", ";", ",", "\uff0c"].sort((a, b) => times(b) - times(a));
  return best && times(best) > 0 ? best : ",";
}

interface Reader {
  rows: string[][];
  row: string[];
  cell: string;
  isQuoted: boolean;
}

function endRow(reader: Reader): void {
  reader.row.push(reader.cell);
  if (reader.row.some((cell) => cell.trim() !== "")) reader.rows.push(reader.row);
  reader.row = [];
  reader.cell = "";
}

// Takes one sign; returns how many signs were used.
function take(reader: Reader, text: string, at: number, separator: string): number {
  const sign = text[at] ?? "";
  if (reader.isQuoted) {
    if (sign !== '"') reader.cell += sign;
    else if (text[at + 1] === '"') {
      reader.cell += '"';
      return 2;
    } else reader.isQuoted = false;
    return 1;
  }
  if (sign === '"' && reader.cell === "") reader.isQuoted = true;
  else if (sign === separator) {
    reader.row.push(reader.cell);
    reader.cell = "";
  } else if (sign === "\n") endRow(reader);
  else if (sign !== "\r") reader.cell += sign;
  return 1;
}

export function parseCsv(given: string): string[][] {
  const text = given.replace(/^\ufeff/, "");
  const separator = separatorOf(text);
  const reader: Reader = { rows: [], row: [], cell: "", isQuoted: false };
  for (let at = 0; at < text.length && reader.rows.length < rows_max;) {
    at += take(reader, text, at, separator);
  }
  if (reader.cell !== "" || reader.row.length > 0) endRow(reader);
  return reader.rows.map((row) => row.map((cell) => cell.trim()));
}

export interface Column {
  key: string;
  names: string[];
}

// Where each column of ours stands in the list, by its heading; by order when no heading is known.
export function columnsOf(first: string[], columns: Column[]): { at: number[]; hasHead: boolean } {
  const plain = (text: string) => text.toLowerCase().replace(/[\s*()_-]/g, "");
  const heads = first.map(plain);
  const at = columns.map(({ key, names }) => {
    const known = [key, ...names].map(plain);
    return heads.findIndex((head) => known.includes(head));
  });
  const hasHead = at.filter((place) => place >= 0).length >= Math.min(2, columns.length);
  return { at: hasHead ? at : columns.map((_, i) => i), hasHead };
}

export function toRows(cells: string[][], columns: Column[]): Record<string, string>[] {
  const { at, hasHead } = columnsOf(cells[0] ?? [], columns);
  return cells.slice(hasHead ? 1 : 0).map((row) => {
    const entries = columns.map(({ key }, i) => [key, row[at[i] ?? -1] ?? ""] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== ""));
  });
}
