// Photo or film of one measure, sent at once and named by the measure's key.
import type { Measure } from "../data/permit_measures.ts";
import { useForm } from "../data/records.ts";
import { usePermitPhone } from "../text/permit_phone.ts";
import { Dialog } from "../parts/dialog.tsx";
import { NewForm } from "../parts/permit_form.tsx";
import { Ready } from "../parts/states.tsx";
import { say } from "../parts/toast.tsx";

export default function Evidence({ permit, one, onClose }: {
  permit: string; one: Measure; onClose: () => void;
}) {
  const { p } = usePermitPhone();
  const form = useForm("permit_evidence");
  return (
    <Dialog title={p("evidenceTake")} onClose={onClose}>
      <p className="strong">{one.text}</p>
      <Ready query={form}>
        {(source) => (
          <NewForm
            form={source} given={{ permit, measure: one.key }} first={["photos"]} isHeld
            sendText={p("evidenceSend")} place={one.text}
            onDone={() => {
              say(p("evidenceSent"));
              onClose();
            }}
          />
        )}
      </Ready>
    </Dialog>
  );
}
