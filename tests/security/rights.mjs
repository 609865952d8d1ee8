// The rights of the packs, read a second time and judged by other code than the server's: what the
// crawler compares answers with (docs/formats/roles.md).
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../e2e/server.mjs";

const order = ["hidden", "masked", "read", "write"];

export function readRoles() {
  const roles = new Map();
  for (const pack of readdirSync(join(root, "packs"))) {
    const folder = join(root, "packs", pack, "roles");
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
      const json = JSON.parse(readFileSync(join(folder, file), "utf8"));
      for (const role of json.roles ?? [json]) {
        roles.set(role.id, [...(roles.get(role.id) ?? []), ...role.rights]);
      }
    }
  }
  return roles;
}

export function readForms() {
  const forms = new Map();
  for (const pack of readdirSync(join(root, "packs"))) {
    const folder = join(root, "packs", pack, "forms");
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder)) {
      const form = JSON.parse(readFileSync(join(folder, file), "utf8"));
      forms.set(form.id, form);
    }
  }
  return forms;
}

// The values of a variable for a caller: {me, org_path, grants}; null where it has none.
function valueOf(value, caller, role) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [value];
  if (value.var === "me") return caller.me ? [caller.me] : null;
  if (value.var === "my_org") return caller.org_path ? [caller.org_path] : null;
  const paths = caller.grants.filter((grant) => grant.role === role && grant.org_path)
    .map((grant) => grant.org_path);
  return paths.length ? paths : null;
}

class NoValue extends Error {}

// Three-valued logic is not needed for the scopes of our packs: they compare what is always there,
// and a null equals nothing.
function holds(scope, row, caller, role) {
  if (scope === "all" || scope === undefined) return true;
  if (scope === "none") return false;
  const [word, ...rest] = scope;
  const values = (value) => {
    const found = (Array.isArray(value) ? value : [value]).map((one) =>
      valueOf(one, caller, role));
    if (found.some((one) => one === null)) throw new NoValue();
    return found.flat();
  };
  switch (word) {
    case "all": return true;
    case "none": return false;
    case "and": return rest.map((part) => holds(part, row, caller, role)).every(Boolean);
    case "or": return rest.map((part) => holds(part, row, caller, role)).some(Boolean);
    case "not": return !holds(rest[0], row, caller, role);
    case "eq":
    case "in": return row[rest[0]] !== null && values(rest[1]).some((one) =>
      JSON.stringify(one) === JSON.stringify(row[rest[0]]));
    case "ne": return row[rest[0]] !== null && !values(rest[1]).some((one) =>
      JSON.stringify(one) === JSON.stringify(row[rest[0]]));
    case "null": return row[rest[0]] === null || row[rest[0]] === undefined;
    case "under": return values(rest[1]).some((path) =>
      path === "/" || String(row[rest[0]] ?? "").startsWith(path));
    default: throw new Error(`the crawler does not know "${word}"`);
  }
}

// What the caller's roles give for a form and an action: which rows, and each field's mode.
export class Rights {
  constructor(roles, caller, form, action) {
    this.caller = caller;
    this.fit = [];
    for (const role of new Set(caller.grants.map((grant) => grant.role))) {
      for (const right of roles.get(role) ?? []) {
        const isOfForm = right.form === form || right.form === "*";
        if (isOfForm && right.actions.includes(action)) this.fit.push({ role, right });
      }
    }
  }

  covers(row) {
    return this.fit.some(({ role, right }) => {
      try {
        return holds(right.scope, row, this.caller, role);
      } catch (problem) {
        if (problem instanceof NoValue) return false;
        throw problem;
      }
    });
  }

  mode(field) {
    const modes = this.fit.map(({ right }) =>
      right.fields?.[field] ?? right.fields?.["*"] ?? "hidden");
    return order[Math.max(0, ...modes.map((mode) => order.indexOf(mode)))];
  }
}
