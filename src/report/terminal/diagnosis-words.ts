import type { Cause } from "../../core/causes.js";
import type { Evidence, RuledOut } from "../../diagnose/diagnose.js";
import { type DiagnosisGroup, lessLikely } from "../group-diagnoses.js";
import type { Look } from "./look.js";

/** Ids of exchanges as they stand in sentences. A part of a longer id is none. */
const EXCHANGE_ID = /(?<![\w-])e(\d{1,9})(?![\w-])/g;

/** `#3` for `e3`: the number that the table shows. Pure. */
export function numberOf(id: string): string {
  return `#${id.replace(/^e(?=\d+$)/, "")}`;
}

/** A sentence about exchanges, safe for a terminal, with their numbers in place of their ids. Pure. */
export function sentence(text: string, look: Look): string {
  return look.text(text.replace(EXCHANGE_ID, "#$1")).trim().replace(/\s+/g, " ");
}

/** `#1: fact` of each; facts of several exchanges that are the same are said once. Pure. */
export function evidenceWords(evidence: readonly Evidence[], look: Look): string {
  const byFact = new Map<string, string[]>();
  for (const { exchange, fact } of evidence) {
    const said = sentence(fact, look);
    const who = byFact.get(said) ?? [];
    byFact.set(said, who);
    if (exchange !== null) who.push(numberOf(exchange));
  }
  return [...byFact].map(([fact, who]) => (who.length === 0 ? fact : `${listed(who)}: ${fact}`)).join("; ");
}

/** `#1`, `#1 and #3`, `#1, #2 and #3`. Pure. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Names of one family that are all there are said together: `key-reused-*`. */
const FAMILIES: readonly (readonly [name: string, members: readonly Cause[]])[] = [
  ["key-reused-*", ["key-reused-body-changed", "key-reused-bytes-changed", "key-reused-other-resource"]],
  ["stale-*", ["stale-etag", "stale-version"]],
  ["token-*", ["token-expired", "token-invalid"]],
];

/** Causes as a list, families folded. Pure. */
export function causeWords(causes: readonly Cause[]): string {
  let left = causes;
  const folded: string[] = [];
  for (const [name, members] of FAMILIES) {
    if (!members.every((each) => left.includes(each))) continue;
    folded.push(name);
    left = left.filter((each) => !members.includes(each));
  }
  return [...folded, ...left].join(", ");
}

/** What a refusal could be, those that fit less well last. Pure. */
export function couldBeWords(group: DiagnosisGroup): string {
  const less = lessLikely(group);
  const names = causeWords(group.candidates.map(({ cause }) => cause));
  return less.length === 0 ? names : `${names}; less likely ${causeWords(less)}`;
}

/** `etag-weak (likely), or else stale-etag`: what a refusal was most likely for. Pure. */
export function settledWords({ candidates: [first, ...rivals] }: DiagnosisGroup): string {
  const others = rivals.length === 0 ? "" : `, or else ${causeWords(rivals.map(({ cause }) => cause))}`;
  return `${first.cause} (${first.certainty})${others}`;
}

/** `causes: why`, one for each reason, those first that say most. Pure. */
export function ruledOutWords(ruledOut: readonly RuledOut[], look: Look): readonly string[] {
  const byReason = new Map<string, Cause[]>();
  for (const { cause, because } of ruledOut) {
    const reason = sentence(because, look);
    byReason.set(reason, [...(byReason.get(reason) ?? []), cause]);
  }
  return [...byReason].map(([reason, causes]) => `${causeWords(causes)}: ${reason}`);
}
