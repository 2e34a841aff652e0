import { isSameName } from "./personal-names.js";
import type { JsonPlace } from "./replace-in-json.js";

/** What `--keep` leaves in the record: members of a name, or a place in a body (JSON Pointer, `*` for any one step). */
export type KeepRule =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "place"; readonly steps: readonly string[] };

/** Reads one: `phoneNumber`, or `/participants/0/name`. The escapes of RFC 6901 count. Pure. */
export function readKeepRule(text: string): KeepRule {
  if (!text.startsWith("/")) return { kind: "name", name: text };
  const steps = text.slice(1).split("/");
  return { kind: "place", steps: steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~")) };
}

function isThere(steps: readonly string[], at: JsonPlace): boolean {
  if (at.length < steps.length) return false;
  return steps.every((step, index) => step === "*" || step === String(at[index]));
}

/** True where a rule keeps what stands there, or what it stands in. Pure. */
export function keepsPlace(rules: readonly KeepRule[], at: JsonPlace): boolean {
  return rules.some((rule) =>
    rule.kind === "place" ? isThere(rule.steps, at) : at.some((step) => isSameName(rule.name, String(step))),
  );
}

/** True where a rule keeps every member and field of this name. Pure. */
export function keepsName(rules: readonly KeepRule[], name: string): boolean {
  return rules.some((rule) => rule.kind === "name" && isSameName(rule.name, name));
}
