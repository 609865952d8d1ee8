import address from "virtual:rules_address";
import { describe, expect, it } from "vitest";
import { openModule } from "./module.ts";
import { loadRules, rulesOver } from "./rules.ts";

const grade_file = "../../../packs/hazards/rules/hazard_grade.dmn";
const flow_file = "../../../packs/hazards/flows/hazard_loop.bpmn";
const files: Record<string, string> = import.meta.glob(
  ["../../../packs/hazards/rules/hazard_grade.dmn",
    "../../../packs/hazards/flows/hazard_loop.bpmn"],
  { query: "?raw", import: "default", eager: true },
);
const read = (path: string): string => files[path] ?? "";

// Where the module could not be built this is skipped, and the stage `browser` fails.
describe.skipIf(address === "")("rules in the page", () => {
  it("says which names an expression reads and which nobody gives", async () => {
    const rules = await loadRules();
    expect(rules.compile("浓度 * 2 > limit", ["浓度", "other"]))
      .toEqual({ used: ["浓度"], unknown: ["limit"] });
  });

  it("says where a text is no expression", async () => {
    const told = (await loadRules()).compile("1 + ", []);
    expect(told.error?.code).toBe("bad_expression");
    expect(told.error?.detail).not.toBe("");
  });

  it("keeps decimals exact", async () => {
    const told = (await loadRules()).evaluate("0.1 + 0.2 = 0.3", {});
    expect(told).toMatchObject({ value: true, kind: "boolean", warnings: [] });
  });

  it("takes dates as FEEL and the time from outside", async () => {
    const given = { formulas: { due: 'date("2026-11-24")' }, now: "2026-11-22T06:00:00Z" };
    const told = (await loadRules()).evaluate("(due - date(now())).days", given);
    expect(told).toMatchObject({ value: 2 });
  });

  it("warns why something became null", async () => {
    const told = (await loadRules()).evaluate('gas + "x"', { context: { gas: 3 } });
    expect(told).toMatchObject({ value: null });
    expect(told.error ?? told.warnings).not.toHaveLength(0);
  });

  it("decides by a table of the packs and names the rule", async () => {
    const rules = await loadRules();
    const dmn = read(grade_file);
    expect(rules.describe(dmn)).toMatchObject({ name: "hazard_grade" });
    const told = rules.decide(dmn, "grade", {
      context: { consequence: "many", exposure: "now" },
    });
    expect(told).toMatchObject({
      value: { level: "red" }, warnings: [],
      matched: [{ decision: "grade", rule: "grade_1", index: 0 }],
    });
  });

  it("finds nothing in a flow of the packs and names the element in a bad one", async () => {
    const rules = await loadRules();
    const flow = read(flow_file);
    expect(rules.lintFlow(flow)).toEqual({ findings: [] });
    const bad = flow.replaceAll("userTask", "adHocSubProcess");
    const told = rules.lintFlow(bad);
    const [first] = told.error ? [] : told.findings;
    expect(first?.element).not.toBe("");
    expect(first?.text.zh).toMatch(/[\u4e00-\u9fff]/);
    expect(first?.text.en).toContain(first?.element);
  });

  it("goes on after a request that nobody can answer", async () => {
    const rules = await loadRules();
    expect(rules.lintFlow("x".repeat(5 << 20))).toMatchObject({
      findings: [{ code: "not_readable" }],
    });
    expect(rules.evaluate("1 + 1", {})).toMatchObject({ value: 2 });
  });
});

// The bytes of a module whose anlan_answer stops at once.
function stopping(): Uint8Array<ArrayBuffer> {
  const sized = (bytes: number[]): number[] => [bytes.length, ...bytes];
  const section = (kind: number, bytes: number[]): number[] => [kind, ...sized(bytes)];
  const named = (name: string): number[] => sized([...new TextEncoder().encode(name)]);
  const i32 = 0x7f;
  const types = [3, 0x60, 0, 0, 0x60, 1, i32, 1, i32, 0x60, 2, i32, i32, 1, i32];
  const names = ["_initialize", "malloc", "free", "anlan_answer"];
  const entries = names.flatMap((name, at) => [...named(name), 0, at]);
  const bodies = [[0, 0x0b], [0, 0x41, 16, 0x0b], [0, 0x41, 0, 0x0b], [0, 0x00, 0x0b]];
  return new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, types), ...section(3, [4, 0, 1, 1, 2]), ...section(5, [1, 0, 1]),
    ...section(7, [5, ...named("memory"), 2, 0, ...entries]),
    ...section(10, [4, ...bodies.flatMap(sized)]),
  ]);
}

it("answers with an error when the module stops, and begins anew", async () => {
  const rules = rulesOver(await openModule(stopping()));
  for (let again = 0; again < 2; again++) {
    expect(rules.evaluate("1", {}).error?.code).toBe("internal");
  }
});
