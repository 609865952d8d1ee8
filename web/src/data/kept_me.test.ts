import { expect, test } from "vitest";
import { Refusal } from "../api/client.ts";
import type { Me } from "../api/types.ts";
import { standIn } from "./kept_me.ts";

const kept = { id: "p1", must_change_password: false } as Me;
const refusal = (code: "offline" | "internal", status: number) =>
  new Refusal({ code, message: "", status });

test("without a link the phone opens for its owner", () => {
  const lost = { kind: "unknown", refusal: refusal("offline", 0) } as const;
  expect(standIn(lost, kept, false)).toEqual({ kind: "person", me: kept });
  expect(standIn({ kind: "unknown", refusal: refusal("internal", 502) }, kept, false)?.kind)
    .toBe("person");
  expect(standIn(lost, null, false)).toBeNull();
});

test("a server that takes its time is waited for, but not long", () => {
  expect(standIn({ kind: "unknown" }, kept, false)).toBeNull();
  expect(standIn({ kind: "unknown" }, kept, true)?.kind).toBe("person");
});

test("who logged out, or must change the password, is not let in from memory", () => {
  expect(standIn({ kind: "nobody", wasThere: false }, kept, true)).toBeNull();
  expect(standIn({ kind: "unknown" }, { ...kept, must_change_password: true }, true)).toBeNull();
  expect(standIn({ kind: "unknown", refusal: refusal("internal", 400) }, kept, false)).toBeNull();
});
