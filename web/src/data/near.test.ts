import { expect, test } from "vitest";
import type { RecordRow } from "../api/types.ts";
import type { Presence } from "../api/types_response.ts";
import { peopleNear, permitsNear } from "./near.ts";

const place = { area: "A1", x: 100, y: 100 };
const permit = (id: string, area: string, x: unknown, y: unknown) =>
  ({ id, area, x, y }) as unknown as RecordRow;

test("permits of the area and those within reach, the nearest first", () => {
  const rows = [
    permit("far", "A2", "900", "900"), permit("same", "A1", null, null),
    permit("beside", "A2", "130.0", "140.0"), permit("there", "A1", "103", "104"),
  ];
  const near = permitsNear(place, rows, (code) => code);
  expect(near.map(({ row, away_m }) => [row.id, away_m])).toEqual([
    ["there", 5], ["beside", 50], ["same", null],
  ]);
});

test("people are counted by area and by distance, without names", () => {
  const presence = { rows: [
    { zone: "A1", x: 110, y: 100 }, { zone: "A1", x: null, y: null },
    { zone: "A2", x: 100, y: 140 }, { zone: "A2", x: 500, y: 500 },
    { kind: "vehicle", zone: "A1", x: 100, y: 100 },
  ] } as unknown as Presence;
  expect(peopleNear(place, presence)).toEqual({ area: 2, near: 2 });
  expect(peopleNear(place, null)).toEqual({ area: 0, near: 0 });
});
