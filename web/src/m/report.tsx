// Reporting in at most six taps: photo, place, kind, worst outcome, people near, submit. The place
// comes from a label, the position or the last report; the level is not asked for: a table grades
// it. Everything that is needed is on the phone, so it works without a link.
import { useEffect, useState } from "react";
import type { FormSource, Me, RecordRow } from "../api/types.ts";
import { startCargo } from "../data/cargo.ts";
import { chooseAnonymous, nobody, openDraft, useDraft, type ReportKind } from "../data/draft.ts";
import {
  areasKey, devicesKey, formKey, useKeptAreas, useKeptDevices, useKeptForm, useOnlyKept,
} from "../data/kept.ts";
import type { Op } from "../data/outbox_step.ts";
import { may, useMe } from "../data/session.ts";
import { useRecentHazards } from "../data/suggest.ts";
import { useLoopText } from "../text/loop.ts";
import { Empty, Loading, Ready } from "../parts/states.tsx";
import { Frame } from "./frame.tsx";
import { ReportDone } from "./report_done.tsx";
import { ReportSheet, type Known } from "./report_sheet.tsx";
import "../styles/m_loop.css";

const kinds: ReportKind[] = ["hazard", "near_miss", "violation"];
export const kindsOf = (me: Me): ReportKind[] => kinds.filter((kind) => may(me, kind, "create"));

interface ReportProps {
  code: string;
  kind?: string;
  isNameless?: boolean;
}
export default function Report({ code, kind, isNameless = false }: ReportProps) {
  const [done, setDone] = useState<Op | null>(null);
  useEffect(startCargo, []);
  if (done) return <ReportDone op={done} onAnother={() => setDone(null)} />;
  const Page = isNameless ? Nameless : Named;
  return <Page code={code} kind={kind} onDone={setDone} />;
}

interface PageProps {
  code: string;
  kind?: string | undefined;
  onDone: (op: Op) => void;
}

function Named({ code, kind: wish, onDone }: PageProps) {
  const { p } = useLoopText();
  const me = useMe();
  useEffect(() => openDraft(me.id), [me.id]);
  const { kind } = useDraft();
  const form = useKeptForm(kind);
  const areas = useKeptAreas();
  const devices = useKeptDevices();
  const recent = useRecentHazards(may(me, "hazard", "list"));
  const ready = form.value && areas.value && devices.value;
  if (!ready || form.value?.id !== kind) {
    return (
      <Frame title={p(`title_${kind}`)}>
        <Ready query={form}>{() => (
          <Ready query={areas}>{() => <Ready query={devices}>{() => <Loading />}</Ready>}</Ready>
        )}</Ready>
      </Frame>
    );
  }
  const known: Known = {
    form: form.value, areas: areas.value ?? [], devices: devices.value ?? [], recent,
    kinds: kindsOf(me), wish: wish ?? "",
  };
  return <ReportSheet known={known} code={code} onDone={onDone} />;
}

// Without a session: with what this phone has kept from before.
function Nameless({ code, onDone }: PageProps) {
  const { p } = useLoopText();
  useEffect(() => {
    openDraft(nobody);
    chooseAnonymous(true);
  }, []);
  const form = useOnlyKept<FormSource>(formKey("hazard"));
  const areas = useOnlyKept<RecordRow[]>(areasKey);
  const devices = useOnlyKept<RecordRow[]>(devicesKey);
  if (form.isLoading || areas.isLoading || devices.isLoading) {
    return <Frame title={p("anonymous")} isBare><Loading /></Frame>;
  }
  if (!form.value || !areas.value) {
    return (
      <Frame title={p("anonymous")} isBare>
        <Empty icon="shield" title={p("anonymousNoPlaces")} />
      </Frame>
    );
  }
  const known: Known = {
    form: form.value, areas: areas.value, devices: devices.value ?? [], recent: [],
    kinds: ["hazard"], wish: "",
  };
  return <ReportSheet known={known} code={code} onDone={onDone} />;
}
