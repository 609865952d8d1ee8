// The response that concerns the person, and their way out of it: asked for while there is a link,
// kept in the phone for when there is none.
import * as calls from "../api/calls_response.ts";
import type { MyRoute, PlanSource } from "../api/types_response.ts";
import { serverNow } from "./clock.ts";
import { planOf, type Plan } from "./plan.ts";
import { readLocal, writeLocal } from "./prefs.ts";
import { useQuery, type Query } from "./query.ts";
import { useNotices } from "./records.ts";
import { useMe } from "./session.ts";
import { isOfUse, isRunning, way_keep_ms, type KeptWay } from "./way.ts";

const way_place = "anlan.way";
const plan_place = "anlan.plan";
const mine_place = "anlan.place";
const asked_max = 3;

export interface KeptPlace {
  owner: string;
  x: number;
  y: number;
  at: number;
}

function keep(owner: string, id: string, answer: MyRoute): MyRoute {
  const at = serverNow();
  if (isRunning(answer.response.state)) {
    writeLocal(way_place, { owner, id, at, answer } satisfies KeptWay);
  } else if (readLocal<KeptWay>(way_place)?.id === id) writeLocal(way_place, null);
  if (answer.me) {
    const { x, y, age_ms } = answer.me;
    writeLocal(mine_place, { owner, x, y, at: at - age_ms } satisfies KeptPlace);
  }
  return answer;
}
export function keptWay(owner: string): KeptWay | null {
  const kept = readLocal<KeptWay>(way_place);
  return isOfUse(kept, owner, serverNow()) ? kept : null;
}
export function keptPlace(owner: string): KeptPlace | null {
  const kept = readLocal<KeptPlace>(mine_place);
  return kept?.owner === owner ? kept : null;
}

export interface Way {
  id: string;
  answer: MyRoute | null;
  isKept: boolean;
  age_ms: number;
  query: Query<MyRoute>;
}
export function useWay(id: string): Way {
  const me = useMe();
  const load = () => calls.myRoute(id).then((answer) => keep(me.id, id, answer));
  const query = useQuery(`response/${id}/route`, load);
  if (query.value) {
    const age_ms = Date.now() - query.at;
    return { id, answer: query.value, isKept: !!query.refusal, age_ms, query };
  }
  const kept = keptWay(me.id);
  if (!query.refusal?.isOffline || kept?.id !== id) {
    return { id, answer: null, isKept: false, age_ms: 0, query };
  }
  return { id, answer: kept.answer, isKept: true, age_ms: serverNow() - kept.at, query };
}

export interface Running {
  id: string;
  answer: MyRoute;
}
// Of the responses that this person was told of, the newest that still runs.
export function useRunning(): Running | null {
  const me = useMe();
  const notices = useNotices();
  const told = (notices.value?.rows ?? [])
    .filter((row) => row.form === "response" && serverNow() - Date.parse(row.at) < way_keep_ms)
    .map((row) => row.record_id);
  const ids = [...new Set([...told, keptWay(me.id)?.id ?? ""])].filter(Boolean).slice(0, asked_max);
  const query = useQuery(`responses/mine/${ids.join(",")}`, async (): Promise<Running | null> => {
    for (const id of ids) {
      const answer = keep(me.id, id, await calls.myRoute(id));
      if (isRunning(answer.response.state)) return { id, answer };
    }
    return null;
  });
  if (query.value !== undefined && !query.refusal) return query.value;
  const kept = keptWay(me.id);
  return query.refusal && kept ? { id: kept.id, answer: kept.answer } : query.value ?? null;
}

// The plan of the phone's memory until the server has answered, so that a route is never drawn on
// nothing.
export function useKeptPlan(): Plan | null {
  const query = useQuery("plan/kept", async () => {
    const { plan } = await calls.plan();
    writeLocal(plan_place, plan);
    return planOf(plan);
  });
  const kept = useQuery("plan/memory", async () => {
    const plan = readLocal<PlanSource>(plan_place);
    return plan ? planOf(plan) : null;
  });
  return query.value ?? kept.value ?? null;
}
