// What a decision carries beside words and fields: a signature drawn by hand, and files. Both are
// on the server before the decision is sent (docs/formats/approval.md, "Signature and attachment").
import type { Completion } from "../api/calls.ts";
import type { Task } from "../api/types.ts";
import { canonical } from "./canonical.ts";
import { sha256Hex, utf8 } from "./manifest.ts";
import { createRoll, type Roll } from "./shots.ts";
import { createStore, type Store } from "./store.ts";
import { upload } from "./upload.ts";

export interface Drawn {
  blob: Blob;
  url: string;
}
export interface Proof {
  signature: Store<Drawn | null>;
  files: Roll;
}
export type ProofPart = "signature" | "attachments";

export const attachments_max = 20;  // as the server

export const createProof = (): Proof =>
  ({ signature: createStore<Drawn | null>(null), files: createRoll() });

export const asksProof = (task: Task): boolean =>
  task.signature === "required" || task.attachment === "required";

export function lackingOf(task: Task, proof: Proof): ProofPart[] {
  const lacking: ProofPart[] = [];
  if (task.signature === "required" && !proof.signature.get()) lacking.push("signature");
  const isBare = proof.files.store.get().list.length === 0;
  if (task.attachment === "required" && isBare) lacking.push("attachments");
  return lacking;
}

// What is signed: the task, the record as it was seen, and all that is said with it.
export const signedContent = (task: string, record: string, sent: Completion): string =>
  canonical({
    task, record, version: sent.version, outcome: sent.outcome, comment: sent.comment,
    fields: sent.fields,
  });

// The decision with its proof; brings the signature to the server.
export async function withProof(
  task: Task, record: string, sent: Completion, proof: Proof,
): Promise<Completion> {
  const whole: Completion = { ...sent };
  const files = proof.files.store.get().list.map((shot) => shot.key);
  if (files.length > 0) whole.attachments = files;
  const drawn = proof.signature.get();
  if (task.signature !== "required" || !drawn) return whole;
  const file = await sha256Hex(await drawn.blob.arrayBuffer());
  await upload({ sha256: file, blob: drawn.blob }, () => {});
  const content = signedContent(task.id, record, sent);
  whole.signature = { file, content_sha256: await sha256Hex(utf8(content)) };
  return whole;
}
