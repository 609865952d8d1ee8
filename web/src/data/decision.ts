// The signature and the attachments of a decision, as the timeline has them.
import type { TimelineRow } from "../api/types.ts";

export interface DecisionFile {
  sha256: string;
  kind: string;
  bytes: number;
}
interface Detail {
  signature?: { file?: string } | null;
  files?: DecisionFile[];
}
const detailOf = ({ detail }: Pick<TimelineRow, "detail">): Detail => (detail ?? {}) as Detail;

export const signatureOf = (row: Pick<TimelineRow, "detail">): string =>
  detailOf(row).signature?.file ?? "";
export const filesOf = (row: Pick<TimelineRow, "detail">): DecisionFile[] =>
  detailOf(row).files ?? [];
export const carriesFiles = (row: Pick<TimelineRow, "detail">): boolean =>
  signatureOf(row) !== "" || filesOf(row).length > 0;
