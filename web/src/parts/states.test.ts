import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Refusal } from "../api/client.ts";
import { shortTime } from "../data/format.ts";
import { textsOf } from "../text/index.ts";
import { Refused, refusalText } from "./states.tsx";

const shift_end = "2026-11-23T08:00:00.000Z";
const refused = (field: string, params: Record<string, unknown>) =>
  new Refusal({ code: "wrong_state", message: "no", status: 409, field, params });

test("who would take work up off duty reads whose shift is over and what to do", () => {
  for (const lang of ["zh", "en"] as const) {
    const texts = textsOf(lang);
    const time = shortTime(shift_end);
    expect(refusalText(refused("leader", { shift_end }), texts))
      .toBe(texts.offDutyLeader.replace("{time}", time));
    expect(refusalText(refused("guardian", { shift_end }), texts))
      .toBe(texts.offDutyGuardian.replace("{time}", time));
    expect(refusalText(refused("leader", {}), texts)).toBe("no");
  }
  const drawn = renderToStaticMarkup(
    createElement(Refused, { refusal: refused("guardian", { shift_end }) }));
  expect(drawn).toContain(shortTime(shift_end));
});
