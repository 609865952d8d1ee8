// Sources and tags out of use, what would miss one, and how the journal says that an alarm ended
// with its tag.
import * as calls from "../api/calls_response.ts";
import type { Refusal } from "../api/client.ts";
import type { Language } from "../api/types.ts";
import type { Need, Retirement } from "../api/types_retire.ts";
import { speak } from "../text/block.ts";
import { retireText } from "../text/retire_words.ts";
import { useQuery } from "./query.ts";

export const retirable = ["source", "tag"];
export const useRetired = () => useQuery("retirements", calls.retirements);
export const retiredOf = (
  rows: readonly Retirement[] | undefined, form: string,
): Map<string, Retirement> =>
  new Map((rows ?? []).filter((one) => one.form === form).map((one) => [one.id, one]));

// Of a refusal, or of a row that an import refused.
export function needsOf(refused: Pick<Refusal, "params"> | null | undefined): Need[] {
  const needs = refused?.params?.["needed_by"];
  return Array.isArray(needs) ? needs as Need[] : [];
}

const pages: Record<string, (need: Need) => string> = {
  permit: ({ id }) => `#/case/permit/${id}`,
  response: ({ id }) => `#/response/${id}`,
};
export const needLink = (need: Need): string =>
  pages[need.form]?.(need) ?? `#/lists/${need.form}?find=${encodeURIComponent(need.code)}`;

const retiredWords = "tag retired: ";
const goneWords = "definition removed";
// The server's words stand in the journal for ever; who reads them reads his language.
export function journalComment(comment: string | null, lang: Language): string {
  const { t } = speak(retireText, lang);
  if (comment === goneWords) return t("limitGone");
  if (!comment?.startsWith(retiredWords)) return comment ?? "";
  return t("tagRetired", { reason: comment.slice(retiredWords.length) });
}
