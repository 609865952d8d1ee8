// Hash routes: #/case/hazard/0190...?tab=history. The hash is never sent to the server, so one
// static page serves every screen, and printed codes keep working.
import { useSyncExternalStore } from "react";

export interface Route {
  path: string[];
  query: Record<string, string>;
}

export function readRoute(hash: string): Route {
  const [way = "", search = ""] = hash.replace(/^#?\/?/, "").split("?");
  const query: Record<string, string> = {};
  new URLSearchParams(search).forEach((value, name) => {
    query[name] = value;
  });
  return { path: way.split("/").filter(Boolean).map(decodeURIComponent), query };
}

let known = "";
let route: Route = readRoute("");
function routeAt(hash: string): Route {
  if (known !== hash) {
    known = hash;
    route = readRoute(hash);
  }
  return route;
}
function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  return routeAt(useSyncExternalStore(subscribe, () => location.hash));
}

export function hrefOf(path: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${path}${search ? `?${search}` : ""}`;
}
export function go(path: string, query: Record<string, string> = {}): void {
  location.hash = hrefOf(path, query);
  scrollTo(0, 0);
}
export function replaceRoute(path: string, query: Record<string, string> = {}): void {
  history.replaceState(null, "", hrefOf(path, query));
  dispatchEvent(new Event("hashchange"));
}
