// The dialogs that any control page opens.
import type { Sheet } from "../data/watchkeeper.ts";
import { sheet as open } from "../data/watchkeeper.ts";
import { ResponseCard } from "./response_card.tsx";
import { OutDialog, ShelveDialog } from "./shelve.tsx";
import { StartDialog } from "./start_response.tsx";
import { TrackDialog } from "./track.tsx";

const close = () => open.set(null);

export default function Sheets({ sheet }: { sheet: Sheet }) {
  switch (sheet.kind) {
    case "card": return <ResponseCard key={sheet.alarm.id} alarm={sheet.alarm} onClose={close} />;
    case "shelve": return <ShelveDialog alarm={sheet.alarm} onClose={close} />;
    case "out": return <OutDialog alarm={sheet.alarm} onClose={close} />;
    case "start": return <StartDialog alarm={sheet.alarm} onClose={close} />;
    case "track": return <TrackDialog badge={sheet.badge} onClose={close} />;
  }
}
