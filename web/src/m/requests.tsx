// Beginning a request, and my delegations, on the phone.
import Delegations from "../parts/delegations.tsx";
import NewRecord from "../parts/new_record.tsx";
import { useDelegationText } from "../text/delegation.ts";
import { Frame } from "./frame.tsx";

export default function Requests({ page, form }: { page: string; form: string }) {
  const { t } = useDelegationText();
  const isNew = page === "new";
  return (
    <Frame title={t(isNew ? "beginTitle" : "title")} back={isNew ? "#/tasks" : "#/me"}>
      {isNew ? <NewRecord form={form} /> : <Delegations />}
    </Frame>
  );
}
