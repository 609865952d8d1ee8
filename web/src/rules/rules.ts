// What a page asks of the rules itself: FEEL, decision tables, what keeps a flow from running; by
// the same C++ as the server and so in the same words. Loaded on first use. Nothing is decided
// here: what a person does with an answer goes to the server, which judges anew.
//
//   const rules = await loadRules();
//   rules.evaluate("gas / 2 > 5", { context: { gas: 12 } }).value;  // true
import type { LocalText } from "../api/types.ts";
import { openModule, type RulesModule } from "./module.ts";

export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

// What the rules refuse: a text that is no expression, a model that can't be read.
export interface RulesRefusal {
  code: string;
  detail: string; // English, for whoever writes rules: with the place where it is wrong
  field: string;
}
export type Answer<T> = (T & { error?: undefined }) | { error: RulesRefusal };

export interface Compiled {
  used: string[]; // names that the expression reads
  unknown: string[]; // names that nobody gives: null when evaluated
}
export interface Told {
  value: Plain; // numbers as JSON writes them, dates and durations as ISO 8601
  text: string; // as FEEL's string() shows it
  kind: string;
  warnings: string[]; // why something became null
}
export type Evaluated = Told & Pick<Compiled, "unknown">;
export interface MatchedRule {
  decision: string;
  rule: string;
  index: number; // in its table, from 0
  annotation: string;
}
export type Decided = Told & { matched: MatchedRule[] };
export interface ModelPart {
  id: string;
  name: string;
  type: string;
}
export interface Described {
  name: string;
  decisions: ModelPart[];
  inputs: ModelPart[];
}
export interface FlowFinding {
  element: string; // empty: the file as a whole
  code: string;
  parts: string[];
  text: LocalText;
}

// What an evaluation may know: plain values, FEEL for what JSON has no word for, and the time.
export interface Given {
  context?: Record<string, Plain | undefined>;
  formulas?: Record<string, string>;
  now?: string; // ISO 8601; without it now() is 1970
  utc_offset_seconds?: number; // of the plant
}

export interface Rules {
  compile: (expression: string, names: string[]) => Answer<Compiled>;
  evaluate: (expression: string, given: Given) => Answer<Evaluated>;
  describe: (dmn: string) => Answer<Described>;
  decide: (dmn: string, decision: string, given: Given) => Answer<Decided>;
  lintFlow: (bpmn: string) => Answer<{ findings: FlowFinding[] }>;
}

export function rulesOver(module: RulesModule): Rules {
  // The module is ours: what it says has the shape that docs/formats/browser.md gives it.
  const ask = <T>(what: string, request: object): Answer<T> =>
    JSON.parse(module.ask(JSON.stringify({ ask: what, ...request }))) as Answer<T>;
  return {
    compile: (expression, names) => ask("compile", { expression, names }),
    evaluate: (expression, given) => ask("evaluate", { expression, ...given }),
    describe: (xml) => ask("describe", { xml }),
    decide: (xml, decision, given) => ask("decide", { xml, decision, ...given }),
    lintFlow: (xml) => ask("lint", { xml }),
  };
}

let loading: Promise<Rules> | null = null;

// Refused where this build has none, and without a link on first use; asked again, it tries again.
export function loadRules(): Promise<Rules> {
  loading ??= fetchRules().catch((reason: unknown) => {
    loading = null;
    throw reason;
  });
  return loading;
}

async function fetchRules(): Promise<Rules> {
  const { default: address } = await import("virtual:rules_address");
  if (address === "") throw new Error("built without rules");
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`rules: ${answer.status}`);
  return rulesOver(await openModule(await answer.arrayBuffer()));
}
