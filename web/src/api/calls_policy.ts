// The administrator's questions about rights, and looking with a person's eyes.
import { call } from "./client.ts";
import type { Difference, Matrix, Who, Why } from "./types_policy.ts";

const esc = encodeURIComponent;

export const matrix = (form: string) => call<Matrix>(`/api/policy/matrix?form=${esc(form)}`);
export const whoSees = (form: string, field: string) =>
  call<Who>(`/api/policy/who?form=${esc(form)}&field=${esc(field)}`);
export interface WhyWish {
  person: string;
  form: string;
  record: string;
  field: string;
}
export const why = ({ person, form, record, field }: WhyWish) =>
  call<Why>(`/api/policy/why?person=${esc(person)}&form=${esc(form)}` +
    `&record=${esc(record)}&field=${esc(field)}`);
export const difference = (roles: unknown[]) =>
  call<{ differences: Difference[] }>("/api/policy/difference", {
    method: "POST", body: { roles },
  });
export const beginView = (person: string, reason: string) =>
  call<{ view: string; until: string }>("/api/view-as", {
    method: "POST", body: { person, reason },
  });
export const endView = () => call("/api/view-as/end", { method: "POST", body: {} });
