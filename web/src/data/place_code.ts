// Which place the code of a label means: a device and its area, or an area. Pure.
import type { RecordRow } from "../api/types.ts";

export function findCode(code: string, areas: RecordRow[], devices: RecordRow[]) {
  const device = devices.find((row) => row["code"] === code);
  const area = areas.find((row) => row.id === device?.["area"] || row["code"] === code);
  return { area, device };
}
