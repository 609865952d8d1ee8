// The rights of the packs, read a second time and judged by other code than the server's: what the
// crawler compares answers with (docs/formats/roles.md).
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../e2e/server.mjs";

const order = ["hidden", "masked", "read", "write"];
// The packs of the product, and the one that has what they have not: states, secrets, FEEL.
const packs = [join(root, "packs"), join(root, "tests/security/packs")].flatMap((folder) =>
  readdirSync(folder).map((pack) => join(folder, pack)));
// What the FEEL of the scopes means, said a second time by hand.
const meaning = new Map([
  ["=created_by = user.id", ["eq", "created_by", { var: "me" }]],
  ['=under(org_path, user.orgs) and not(level = "high")',
    ["and", ["under", "org_path", { var: "my_orgs" }], ["ne", "level", "high"]]],
]);

export function readRoles() {
  const roles = new Map();
  for (const pack of packs) {
    const folder = join(pack, "roles");
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
  for (const pack of packs) {
    const folder = join(pack, "forms");
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
  if (typeof scope === "string") return holds(meaning.get(scope), row, caller, role);
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
    case "ne": return row[rest[0]] === null || !values(rest[1]).some((one) =>
      JSON.stringify(one) === JSON.stringify(row[rest[0]]));
    case "null": return row[rest[0]] === null || row[rest[0]] === undefined;
    case "under": return values(rest[1]).some((path) =>
      path === "/" || String(row[rest[0]] ?? "").startsWith(path));
    default: throw new Error(`the crawler does not know "${word}"`);
  }
}

// What the caller's roles give for a form and an action: which rows, and each field's mode by the
// state of the row.
export class Rights {
  constructor(roles, caller, form, action) {
    this.caller = caller;
    this.form = form;
    this.fit = [];
    for (const role of new Set(caller.grants.map((grant) => grant.role))) {
      for (const right of roles.get(role) ?? []) {
        const isOfForm = right.form === form.id || right.form === "*";
        if (isOfForm && right.actions.includes(action)) this.fit.push({ role, right });
      }
    }
  }

  covers(row) {
    return this.fit.some(({ role, right }) => {
      if (right.states && !right.states.includes(row.state)) return false;
      try {
        return holds(right.scope, row, this.caller, role);
      } catch (problem) {
        if (problem instanceof NoValue) return false;
        throw problem;
      }
    });
  }

  mode(field, state) {
    const isSecret = this.form.data.properties[field]?.["x-secret"] === true;
    const modes = this.fit.filter(({ right }) => !right.states || right.states.includes(state))
      .map(({ right }) => right.fields?.[field] ??
        (isSecret ? "hidden" : right.fields?.["*"] ?? "hidden"));
    return order[Math.max(0, ...modes.map((mode) => order.indexOf(mode)))];
  }

  isReadable(field, state) {
    return order.indexOf(this.mode(field, state)) >= 2;
  }

  // Whether it may be asked for over all rows that can be reached.
  mayAsk(field) {
    const states = Object.keys(this.form.states ?? { "": 0 }).filter((state) =>
      this.fit.some(({ right }) => !right.states || right.states.includes(state)));
    return states.length > 0 && states.every((state) => this.isReadable(field, state));
  }
}
