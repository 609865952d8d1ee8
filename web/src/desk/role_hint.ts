// Which roles there are, in the words of the hint beside the list of people.
import * as calls from "../api/calls.ts";
import { localText } from "../data/prefs.ts";
import { useQuery } from "../data/query.ts";
import { useText } from "../text/index.ts";

export function useRoleHint(): string {
  const { t, lang } = useText();
  const roles = useQuery("roles", calls.roles).value?.roles ?? [];
  const list = roles.map((role) => `${role.id} ${localText(role.name, lang)}`).join(" · ");
  return t("rolesHint", { list });
}
