// Beginning a request, and my delegations, on the desk.
import Delegations from "../parts/delegations.tsx";
import NewRecord, { StartLink } from "../parts/new_record.tsx";
import { ButtonLink } from "../parts/button.tsx";
import { useTitle } from "../parts/shell.tsx";
import { useDelegationText } from "../text/delegation.ts";

export default function Requests({ page, form }: { page: string; form: string }) {
  const { t } = useDelegationText();
  const isNew = page === "new";
  const title = t(isNew ? "beginTitle" : "title");
  useTitle(title);
  return (
    <div className="list-page">
      <h1>{title}</h1>
      {isNew ? <NewRecord form={form} /> : <Delegations />}
    </div>
  );
}

// Above my tasks.
export function RequestLinks() {
  const { t } = useDelegationText();
  return (
    <>
      <StartLink />
      <ButtonLink href="#/delegations" icon="people">{t("title")}</ButtonLink>
    </>
  );
}
