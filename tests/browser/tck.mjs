// The cases of the public DMN TCK as requests: inputs become FEEL text, since JSON has no dates.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const entities = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const decoded = (text) => text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (all, name) => {
  if (name.startsWith("#x")) return String.fromCodePoint(parseInt(name.slice(2), 16));
  if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
  return entities[name] ?? all;
});

// {name, attributes, text, children} with local names: enough for well-formed files that we know.
function xmlOf(text) {
  const top = { name: "", attributes: {}, text: "", children: [] };
  const open = [top];
  const token = new RegExp([
    /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>/, /<(\/?)([^\s/>]+)([^>]*?)(\/?)>|[^<]+/,
  ].map(({ source }) => source).join("|"), "g");
  for (const [all, cdata, slash, name, rest, isEmpty] of text.matchAll(token)) {
    const here = open.at(-1);
    if (all.startsWith("<!--") || all.startsWith("<?")) continue;
    if (cdata !== undefined) here.text += cdata;
    else if (!name) here.text += decoded(all);
    else if (slash) open.pop();
    else {
      const attributes = Object.fromEntries([...rest.matchAll(/([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g)]
        .map(([, key, value]) => [key.split(":").at(-1), decoded(value.slice(1, -1))]));
      const one = { name: name.split(":").at(-1), attributes, text: "", children: [] };
      here.children.push(one);
      if (!isEmpty) open.push(one);
    }
  }
  return top.children[0];
}
const all = (xml, name) => xml.children.filter((child) => child.name === name);
const child = (xml, name) => all(xml, name)[0];
const plainName = (name) => name.trim().replace(/\s+/g, " ");

const simple = {
  date: (text) => `date(${JSON.stringify(text)})`, time: (text) => `time(${JSON.stringify(text)})`,
  dateTime: (text) => `date and time(${JSON.stringify(text)})`,
  duration: (text) => `duration(${JSON.stringify(text)})`,
  boolean: (text) => (text === "true" || text === "1" ? "true" : "false"),
};
simple.dayTimeDuration = simple.yearMonthDuration = simple.duration;
for (const type of ["decimal", "double", "integer", "int", "long", "float"]) {
  simple[type] = (text) => text;
}

function feelOf(xml) {
  const value = child(xml, "value");
  if (value) {
    if (value.attributes.nil === "true") return "null";
    const type = (value.attributes.type ?? "string").split(":").at(-1);
    return simple[type]?.(value.text.trim()) ?? JSON.stringify(value.text);
  }
  const list = child(xml, "list");
  if (list) {
    const isNil = list.attributes.nil === "true";
    return isNil ? "null" : `[${all(list, "item").map(feelOf).join(", ")}]`;
  }
  const parts = all(xml, "component").map((part) =>
    `${JSON.stringify(plainName(part.attributes.name))}: ${
      part.attributes.nil === "true" ? "null" : feelOf(part)}`);
  return parts.length ? `{${parts.join(", ")}}` : "null";
}

const now = "2023-11-14T22:13:20Z";
const zoneData = "/usr/share/zoneinfo/tzdata.zi";

function requestsOf(folder, file) {
  const suite = xmlOf(readFileSync(file, "utf8"));
  const model = child(suite, "modelName").text.trim();
  const xml = readFileSync(join(dirname(file), model), "utf8");
  const others = readdirSync(dirname(file))
    .filter((name) => name.endsWith(".dmn") && name !== model).sort();
  const imports = /[<:]import/.test(xml)
    ? others.map((name) => readFileSync(join(dirname(file), name), "utf8")) : [];
  const zones = /(Europe|Australia|Asia|Etc|America)\//.test(xml) && existsSync(zoneData)
    ? { zones: readFileSync(zoneData, "utf8") } : {};
  return all(suite, "testCase").flatMap((one) => {
    const formulas = Object.fromEntries(all(one, "inputNode").map((input) =>
      [plainName(input.attributes.name), feelOf(input)]));
    const service = one.attributes.type === "decisionService" && one.attributes.invocableName;
    return all(one, "resultNode").map((node) => ({
      group: `tck ${folder}`,
      request: {
        ask: "decide", xml, imports, keep_broken: true, formulas, now, ...zones,
        decision: plainName(service || node.attributes.name), service: Boolean(service),
      },
    }));
  });
}

// Every result of every case below the folder; groups are its folders.
export function tckRequests(root) {
  return readdirSync(root, { recursive: true })
    .filter((name) => /-test-[^/]*\.xml$/.test(name)).sort()
    .flatMap((name) => requestsOf(relative(root, dirname(join(root, name))), join(root, name)));
}
