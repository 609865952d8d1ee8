// Pages of a list come by cursor and are kept; a change of the question starts anew. Events renew
// what is shown, quietly and in place.
import { useEffect, useRef, useState } from "react";
import * as calls from "../api/calls.ts";
import { asRefusal, type Refusal } from "../api/client.ts";
import type { RecordRow } from "../api/types.ts";
import { useLink } from "./live.ts";

export const page_rows = 25;
const shown_max = 200;
interface Listing {
  rows: RecordRow[];
  next: string;
  isLoading: boolean;
  refusal: Refusal | null;
}
const blank: Listing = { rows: [], next: "", isLoading: true, refusal: null };

export function useListing(form: string, wish: calls.ListWish) {
  const [listing, setListing] = useState(blank);
  const key = `${form}${calls.listQuery(wish)}`;
  const turn = useRef(0);
  const load = async (cursor: string, kept: RecordRow[], limit: number) => {
    const mine = turn.current += 1;
    setListing((before) => ({ ...before, isLoading: true, refusal: null }));
    try {
      const page = await calls.records(form, { ...wish, limit, cursor });
      if (mine !== turn.current) return;
      const rows = [...kept, ...page.rows];
      setListing({ rows, next: page.next, isLoading: false, refusal: null });
    } catch (reason) {
      if (mine !== turn.current) return;
      setListing((before) => ({ ...before, isLoading: false, refusal: asRefusal(reason) }));
    }
  };
  useEffect(() => {
    setListing(blank);
    void load("", [], page_rows);
  }, [key]);
  const news = useLink().news.find((one) => one.topic === form)?.id;
  useEffect(() => {
    if (!news) return;
    const count = Math.min(shown_max, Math.max(page_rows, listing.rows.length));
    const timer = setTimeout(() => void load("", [], count), 400);
    return () => clearTimeout(timer);
  }, [news]);
  return {
    ...listing,
    more: () => void load(listing.next, listing.rows, page_rows),
    reload: () => void load("", [], page_rows),
  };
}
