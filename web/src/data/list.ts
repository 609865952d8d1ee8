// The filters of the list live in the address, so that a link shows the same rows. Pages come by
// cursor and are kept; a change of filters starts anew.
import { useEffect, useRef, useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { Filter, RecordRow } from "../api/types.ts";
import { serverNow } from "./clock.ts";
import { useLink } from "./live.ts";
import { replaceRoute } from "./route.ts";

export type Filters = Record<string, string>;
export const page_rows = 25;

export function filterOf(filters: Filters, now: number): Filter {
  const parts: Filter[] = [];
  if (filters["state"]) parts.push(["eq", "state", filters["state"]]);
  else if (filters["open"] || filters["overdue"]) {
    parts.push(["not", ["in", "state", ["closed", "invalid"]]]);
  }
  if (filters["level"]) parts.push(["eq", "level", filters["level"]]);
  if (filters["area"]) parts.push(["eq", "area", filters["area"]]);
  if (filters["overdue"]) parts.push(["lt", "due_at", new Date(now).toISOString()]);
  return parts.length === 0 ? ["all"] : parts.length === 1 ? parts[0] ?? [] : ["and", ...parts];
}

export function withFilter(filters: Filters, name: string, value: string): Filters {
  const next = { ...filters };
  if (value) next[name] = value;
  else delete next[name];
  return next;
}
export const setFilter = (filters: Filters, name: string, value: string) =>
  replaceRoute("list", withFilter(filters, name, value));

interface Listing {
  rows: RecordRow[];
  next: string;
  isLoading: boolean;
  refusal: Refusal | null;
}
const blank: Listing = { rows: [], next: "", isLoading: true, refusal: null };

export function useListing(filters: Filters) {
  const [listing, setListing] = useState(blank);
  const key = JSON.stringify(filters);
  const turn = useRef(0);
  const load = async (cursor: string, kept: RecordRow[], count: number) => {
    const mine = turn.current += 1;
    setListing((before) => ({ ...before, isLoading: true, refusal: null }));
    const sort = filters["sort"] || "-created_at";
    const wish = { filter: filterOf(filters, serverNow()), sort, limit: count, cursor };
    try {
      const page = await calls.records("hazard", { ...wish, q: filters["q"] });
      if (mine !== turn.current) return;
      setListing({
        rows: [...kept, ...page.rows], next: page.next, isLoading: false, refusal: null,
      });
    } catch (reason) {
      if (mine !== turn.current) return;
      setListing((before) => ({ ...before, isLoading: false, refusal: asRefusal(reason) }));
    }
  };
  useEffect(() => {
    setListing(blank);
    void load("", [], page_rows);
  }, [key]);
  // An event about a hazard renews the rows that are shown, quietly and in place.
  const news = useLink().news.find((one) => one.topic === "hazard")?.id;
  useEffect(() => {
    if (!news) return;
    const count = Math.min(200, Math.max(page_rows, listing.rows.length));
    const timer = setTimeout(() => void load("", [], count), 400);
    return () => clearTimeout(timer);
  }, [news]);
  return {
    ...listing,
    more: () => void load(listing.next, listing.rows, page_rows),
    reload: () => void load("", [], page_rows),
  };
}
