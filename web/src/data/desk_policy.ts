// What the page about rights shows of a matrix and of a difference. Pure.
import type { Difference, Matrix, MatrixRole, Mode } from "../api/types_policy.ts";

const order: Mode[] = ["hidden", "masked", "read", "write"];

// A role's mode in a state; "" asks for what holds in every state it reaches.
export function modeIn(role: MatrixRole, state: string, field: string): Mode {
  const modes = state === "" ? role.modes : role.by_state[state] ?? role.modes;
  return modes[field] ?? "hidden";
}

// With a task at the node on top.
export function modeWith(matrix: Matrix, role: MatrixRole, at: Place, field: string): Mode {
  const own = modeIn(role, at.state, field);
  const node = matrix.nodes.find((one) => one.id === at.node);
  if (!node?.roles.includes(role.id)) return own;
  const more = node.modes[field] ?? "hidden";
  return order.indexOf(more) > order.indexOf(own) ? more : own;
}
export interface Place {
  state: string;
  node: string;
}

// Roles without any right on the form are no columns.
export const columnsOf = (matrix: Matrix, node: string): MatrixRole[] =>
  matrix.roles.filter((role) => role.actions.length > 0 ||
    matrix.nodes.some((one) => one.id === node && one.roles.includes(role.id)));

export const isLoss = ({ change }: Difference): boolean =>
  change.startsWith("loses") || change === "fewer_rows";

// The roles of a file as a pack has it: one role, or {"roles":[...]}. Null: none.
export function rolesIn(text: string): unknown[] | null {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== "object" || json === null) return null;
    if ("roles" in json && Array.isArray(json.roles)) return json.roles;
    return "rights" in json ? [json] : null;
  } catch {
    return null;
  }
}

interface RoleFile {
  id?: unknown;
  rights?: unknown;
}
// Several packs add rights to one role, as when they are loaded.
export function united(roles: unknown[]): unknown[] {
  const known = new Map<unknown, RoleFile & { rights: unknown[] }>();
  for (const role of roles as RoleFile[]) {
    const rights = Array.isArray(role.rights) ? role.rights : [];
    const before = known.get(role.id);
    if (before) before.rights.push(...rights);
    else known.set(role.id, { ...role, rights: [...rights] });
  }
  return [...known.values()];
}
