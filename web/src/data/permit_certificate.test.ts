import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { certificateState, sortedCertificates, verifiedBy } from "./permit_certificate.ts";

const now = Date.parse("2026-11-22T08:00:00");
const row = (id: string, valid_from: string, valid_to: string) =>
  ({ id, valid_from, valid_to }) as unknown as RecordRow;

test("a certificate holds to the end of its last day", () => {
  expect(certificateState(row("a", "2024-01-01", "2026-11-22"), now)).toBe("soon");
  expect(certificateState(row("a", "2024-01-01", "2026-11-21"), now)).toBe("over");
  expect(certificateState(row("a", "2026-12-01", "2028-11-21"), now)).toBe("early");
  expect(certificateState(row("a", "2024-01-01", "2028-11-21"), now)).toBe("good");
});

test("what has run out stands first", () => {
  const rows = [row("good", "2024-01-01", "2028-01-01"), row("over", "2024-01-01", "2026-01-01"),
    row("soon", "2024-01-01", "2026-12-01")];
  expect(sortedCertificates(rows, now).map(({ id }) => id)).toEqual(["over", "soon", "good"]);
});

test("who verifies a certificate says that it was he", () => {
  expect(verifiedBy("p1")).toEqual({ is_verified: true, verified_by: "p1" });
});
