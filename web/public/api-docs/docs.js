// Shows /api/openapi.json readably. Plain script, so that it works before and without the product.
"use strict";

const words = {
  zh: { title: "安澜接口", search: "查找", parameters: "参数", request: "请求", answer: "应答",
    open: "无需登录", admin: "需要管理权限", required: "必填" },
  en: { title: "Anlan API", search: "Find", parameters: "Parameters", request: "Request",
    answer: "Answer", open: "no log-in needed", admin: "needs an administrator",
    required: "required" },
};
let language = navigator.language.toLowerCase().startsWith("en") ? "en" : "zh";
let description = { paths: {}, components: { schemas: {} } };
const byId = (id) => document.getElementById(id);

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// A schema as a short example of itself: {"id": "uuid", "rows": [...]}.
function shape(schema, depth = 0) {
  if (!schema || depth > 6) return "...";
  if (schema.$ref) {
    return shape(description.components.schemas[schema.$ref.split("/").pop()], depth + 1);
  }
  if (schema.enum) return schema.enum.join(" | ");
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type;
  if (type === "array") return [shape(schema.items, depth + 1)];
  if (type !== "object") return schema.format ?? type ?? "...";
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties ?? {}).map(([name, part]) =>
    [required.has(name) ? name : `${name}?`, shape(part, depth + 1)]);
  return Object.fromEntries(members);
}

function block(title, body) {
  const part = element("div");
  part.append(element("h2", title), element("pre", body));
  return part;
}

function contentShape(content) {
  const [type, entry] = Object.entries(content ?? {})[0] ?? [];
  if (!type) return "";
  return type === "application/json" ? JSON.stringify(shape(entry.schema), null, 2) : type;
}

function route(path, method, operation) {
  const text = words[language];
  const details = element("details");
  const summary = element("summary");
  summary.append(element("span", method.toUpperCase(), "method"), element("code", path, "path"),
    element("span", language === "zh" ? operation["x-summary-zh"] : operation.summary));
  if (operation.security?.length === 0) summary.append(` · ${text.open}`);
  if (operation["x-who"]) summary.append(` · ${text.admin}`);
  const body = element("div");
  const lines = operation.parameters.map((one) =>
    `${one.in}: ${one.name}${one.required ? ` (${text.required})` : ""}`);
  if (lines.length > 0) body.append(block(text.parameters, lines.join("\n")));
  if (operation.requestBody) {
    body.append(block(text.request, contentShape(operation.requestBody.content)));
  }
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (status !== "default") {
      body.append(block(`${text.answer} ${status}`, contentShape(answer.content)));
    }
  }
  details.append(summary, body);
  return details;
}

function draw() {
  const text = words[language];
  document.documentElement.lang = language;
  byId("title").textContent = text.title;
  byId("search-label").textContent = text.search;
  byId("language").textContent = language === "zh" ? "English" : "中文";
  const wish = byId("search").value.toLowerCase();
  const all = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  const found = all.filter(({ path, method, operation }) =>
    `${method} ${path} ${operation.summary} ${operation["x-summary-zh"]}`.toLowerCase()
      .includes(wish));
  byId("routes").replaceChildren(
    ...found.map(({ path, method, operation }) => route(path, method, operation)));
}

byId("search").addEventListener("input", draw);
byId("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  draw();
});
fetch("/api/openapi.json").then((answer) => answer.json()).then((found) => {
  description = found;
  draw();
});
