import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import { shortTime } from "../data/format.ts";
import { permitDeskText } from "../text/permit_desk.ts";
import { Leaving } from "./permit_case.tsx";

const { zh } = permitDeskText;
const told = (record: object) =>
  renderToStaticMarkup(createElement(Leaving, { record: record as RecordRow }));

test("work that is over says so, when, who is inside and what to do; else nothing", () => {
  const at = "2026-11-23T08:00:00Z";
  const late = told({ state: "withdrawing", expired_at: at, inside_count: 2 });
  expect(late).toContain('role="alert"');
  for (const text of [zh.leavingBig, zh.leavingExpired.replace("{time}", shortTime(at)),
    zh.leavingInside.replace("{n}", "2"), zh.leavingDo]) expect(late).toContain(text);
  const ended = told({ state: "withdrawing", inside_count: 0 });
  expect(ended).toContain(zh.leavingEnded);
  expect(ended).not.toContain(zh.leavingInside.replace("{n}", "0"));
  expect(["active", "suspended", "closed"].map((state) => told({ state, expired_at: at })))
    .toEqual(["", "", ""]);
});
