// What the server says of a model file where a page has no rules of its own.
import { call } from "./client.ts";
import type { FlowFinding } from "../rules/rules.ts";

export const lintByServer = (xml: string) =>
  call<{ findings: FlowFinding[] }>("/api/flows/lint", { method: "POST", body: { xml } });
