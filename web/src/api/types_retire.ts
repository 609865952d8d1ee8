// Sources and tags out of use (docs/formats/sensing.md, "Out of use").
import type { LocalText } from "./types.ts";

// A source or tag out of use.
export interface Retirement {
  form: string;
  id: string;
  code: string;
  by: string;
  by_name: string;
  at: string;
  reason: string;
}
export interface RetireWish {
  form: string;
  id: string;
  reason: string;
  is_back: boolean;
}
// What would miss a tag.
export interface Need {
  why: "formula" | "reference" | "cause" | "interlock" | "permit" | "response";
  form: string;
  id: string;
  code: string;
  name: LocalText;
  tag: string;
}
