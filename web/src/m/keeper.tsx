// Runs behind every phone page, logged in or not: sends what waits, counts what has not arrived,
// makes the key of this phone and keeps what a report needs without a link.
import { useEffect } from "react";
import * as calls from "../api/calls.ts";
import type { Me } from "../api/types.ts";
import { startCargo, useCargo } from "../data/cargo.ts";
import { areasKey, devicesKey, formKey, freshOrKept } from "../data/kept.ts";
import { link } from "../data/live.ts";
import { useOutbox } from "../data/outbox.ts";
import { nobodys } from "../data/outbox_step.ts";
import { may, useSession } from "../data/session.ts";
import { waiting } from "../data/waiting.ts";

const later_ms = 1500;
const reports = ["hazard", "near_miss", "violation"];

async function keepAhead(me: Me): Promise<void> {
  const forms = reports.filter((form) => may(me, form, "create"));
  if (forms.length === 0) return;
  await Promise.all([
    freshOrKept(areasKey, () => calls.allRecords("area", { sort: "code" })),
    freshOrKept(devicesKey, () => calls.allRecords("device", { sort: "code" })),
    ...forms.map((form) => freshOrKept(formKey(form), () => calls.form(form))),
    import("./report.tsx"), import("./sync.tsx"), import("../data/photos.ts"),
    import("../data/device.ts"),
  ]);
}

async function makeKey(me: Me): Promise<void> {
  const { ensureDevice } = await import("../data/device.ts");
  await ensureDevice(me.id);
}

function useCounts(me: string): void {
  const ops = useOutbox().filter((op) =>
    (op.owner === me || op.owner === nobodys) && op.kind !== "receipt");
  const photos = useCargo().filter((one) => one.owner === me || one.owner === nobodys);
  const isLoose = (op: string) => !ops.some((one) => one.id === op && one.state !== "sent");
  // A report and its photos are one thing until the text is there, then what is left of them.
  const rest = new Set(photos.filter((one) => isLoose(one.op)).map((one) => one.op)).size;
  const count = ops.filter((op) => op.state === "waiting").length + rest;
  const refused = ops.filter((op) => op.state === "refused").length;
  useEffect(() => {
    const before = waiting.get();
    if (before.count !== count || before.refused !== refused) waiting.set({ count, refused });
  }, [count, refused]);
}

export default function Keeper() {
  const session = useSession();
  const me = session.kind === "person" ? session.me : null;
  useCounts(me?.id ?? "");
  useEffect(() => {
    startCargo();
    void navigator.storage?.persist?.().catch(() => {});
  }, []);
  useEffect(() => {
    if (!me || me.must_change_password) return;
    const begin = () => {
      void makeKey(me).catch(() => {});
      void keepAhead(me).catch(() => {});
    };
    const timer = setTimeout(begin, later_ms);
    let was = link.get().state;
    const end = link.subscribe(() => {
      const now = link.get().state;
      if (now === "up" && was === "down") void makeKey(me).catch(() => {});
      was = now;
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [me?.id]);
  return null;
}
