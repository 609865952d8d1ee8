// What a changed model file is compared by and tried with. Pure.
import type { Given, ModelPart, Plain } from "../rules/rules.ts";

const token = new RegExp([
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[[^]*?\]\]>/, /<(\/?)([^\s/>]+)([^>]*?)(\/?)>|[^<]+/,
].map(({ source }) => source).join("|"), "g");
const local = (name: string): string => name.split(":").at(-1) ?? name;
const attributeOf = (text: string, name: string): string =>
  new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(text)?.slice(1)
    .find((found) => found !== undefined) ?? "";

export interface ModelElement {
  id: string;
  kind: string; // local name of the element
  name: string;
  own: string; // what stands in it, up to the next element with an id
}

// The elements of a BPMN or DMN file by id; where they are drawn does not count.
export function elementsOf(xml: string): Map<string, ModelElement> {
  const found = new Map<string, ModelElement>();
  const open: { name: string; element: ModelElement | null; isDrawing: boolean }[] = [];
  for (const [all, slash, tag, rest = "", isEmpty] of xml.matchAll(token)) {
    const here = open.at(-1);
    const isNoise = all.startsWith("<!--") || all.startsWith("<?") || all.trim() === "";
    if (isNoise) continue;
    if (tag && slash) {
      open.pop();
      continue;
    }
    const name = tag ? local(tag) : "";
    const isDrawing = here?.isDrawing === true || /^(BPMNDiagram|DMNDI)$/.test(name);
    const id = tag && !isDrawing ? attributeOf(rest, "id") : "";
    let element = here?.element ?? null;
    if (id) {
      element = { id, kind: name, name: attributeOf(rest, "name"), own: "" };
      found.set(id, element);
    }
    const words = (tag ? `<${name} ${rest}` : all).replace(/\s+/g, " ").trim();
    if (element && !isDrawing) element.own += `${words};`;
    if (tag && !isEmpty) open.push({ name, element, isDrawing });
  }
  return found;
}

export interface ModelChange {
  kind: "added" | "removed" | "changed";
  element: ModelElement;
}
// What `after` has and `before` has not, and the other way round, in the order of the files.
export function changesOf(before: string, after: string): ModelChange[] {
  const [old, fresh] = [elementsOf(before), elementsOf(after)];
  const changes: ModelChange[] = [];
  for (const [id, element] of fresh) {
    const was = old.get(id);
    if (!was) changes.push({ kind: "added", element });
    else if (was.own !== element.own) changes.push({ kind: "changed", element });
  }
  for (const [id, element] of old) {
    if (!fresh.has(id)) changes.push({ kind: "removed", element });
  }
  return changes;
}

const quoted: Record<string, (text: string) => string> = {
  date: (text) => `date(${JSON.stringify(text)})`,
  time: (text) => `time(${JSON.stringify(text)})`,
  dateTime: (text) => `date and time(${JSON.stringify(text)})`,
  "date and time": (text) => `date and time(${JSON.stringify(text)})`,
};
const isDuration = (type: string): boolean => /duration/i.test(type);

// What a person typed for each input, by its type: text stays text, a date is one, "= ..." is FEEL.
export function givenOf(inputs: ModelPart[], values: Record<string, string>): Given {
  const context: Record<string, Plain> = {};
  const formulas: Record<string, string> = {};
  for (const { name, type } of inputs) {
    const typed = (values[name] ?? "").trim();
    const kind = local(type);
    const isFeel = typed.startsWith("=");
    if (typed === "") context[name] = null;
    else if (isFeel) formulas[name] = typed.slice(1);
    else if (kind === "string") context[name] = typed;
    else if (isDuration(kind)) formulas[name] = `duration(${JSON.stringify(typed)})`;
    else if (quoted[kind]) formulas[name] = quoted[kind](typed);
    else if (kind === "number" || kind === "boolean") formulas[name] = typed;
    else formulas[name] = /^(-?\d+(\.\d+)?|true|false|null|[[{"].*)$/.test(typed)
      ? typed : JSON.stringify(typed);
  }
  return { context, formulas };
}

// The names and values of a formula's context, or null for what is no JSON object.
export function contextOf(text: string): Record<string, Plain> | null {
  if (text.trim() === "") return {};
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as Record<string, Plain> : null;
  } catch {
    return null;
  }
}
