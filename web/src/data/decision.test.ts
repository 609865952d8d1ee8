import { expect, test } from "vitest";
import { carriesFiles, filesOf, signatureOf } from "./decision.ts";

test("a decision carries a signature, attachments, both or nothing", () => {
  expect(carriesFiles({})).toBe(false);
  expect(carriesFiles({ detail: { people: [] } })).toBe(false);
  const file = { sha256: "a", kind: "image/png", bytes: 3 };
  expect(carriesFiles({ detail: { signature: { file: "b" } } })).toBe(true);
  expect(filesOf({ detail: { files: [file] } })).toEqual([file]);
  expect(signatureOf({ detail: { signature: { file: "b" } } })).toBe("b");
});
