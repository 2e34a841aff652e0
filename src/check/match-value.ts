import { findPattern, PatternTooSlow } from "../core/bounded-pattern.js";
import { canonicalJson, parseJson } from "../core/json.js";
import { evaluateJson } from "../plan/evaluate-template.js";
import type { Scope } from "../plan/plan.js";
import type { ValueMatcher } from "../scenario/scenario.js";
import type { Judgement } from "./check.js";

/** Undecided where the pattern backtracks on this text for longer than anybody waits. */
function matchText(source: string, text: string): Pick<Judgement, "ok" | "note"> {
  try {
    return { ok: findPattern(source, text) !== null, note: null };
  } catch (error) {
    if (error instanceof PatternTooSlow) return { ok: null, note: error.message };
    throw error;
  }
}

const HIDDEN = /<personal:\d+>/;

/** A pattern says nothing of a value that is hidden. */
function matchShown(source: string, text: string): Pick<Judgement, "ok" | "note"> {
  const matched = matchText(source, text);
  if (matched.ok !== false || !HIDDEN.test(text)) return matched;
  return { ok: null, note: "what came is hidden as callers' data: --keep PATH keeps it" };
}

/** What the record has as it came is compared as it was written: a word may be a caller's name in another place. */
function isAsWritten(
  matcher: ValueMatcher & { readonly kind: "equals" },
  actual: unknown,
  { scope, asText }: { readonly scope: Scope; readonly asText: boolean },
): boolean {
  const value: unknown = JSON.parse(evaluateJson(matcher.value, scope));
  const written = asText && typeof value !== "string" ? JSON.stringify(value) : value;
  return canonical(written) === canonical(actual);
}

function canonical(value: unknown): string {
  return canonicalJson(parseJson(JSON.stringify(value)));
}

/** The scenario's value with its templates filled in and redacted like the exchange that it is compared with. @throws MissingValue */
function expectedValue(
  matcher: ValueMatcher & { readonly kind: "equals" },
  scope: Scope,
  redact: (text: string) => string,
): unknown {
  return JSON.parse(redact(evaluateJson(matcher.value, scope)));
}

/**
 * Compares what a header or a JSON value is with what a scenario expects. `actual` is undefined where there is none.
 * @throws MissingValue
 */
export function matchValue(
  matcher: ValueMatcher,
  actual: unknown,
  context: { readonly scope: Scope; readonly redact: (text: string) => string; readonly asText: boolean },
): Judgement {
  const shown = actual === undefined ? "absent" : actual;
  switch (matcher.kind) {
    case "present":
      return { expected: "present", actual: shown, ok: actual !== undefined, note: null };
    case "absent":
      return { expected: "absent", actual: shown, ok: actual === undefined, note: null };
    case "regex": {
      const text = typeof actual === "string" ? actual : JSON.stringify(actual);
      const matched = actual === undefined ? { ok: false, note: null } : matchShown(matcher.source, text);
      return { expected: `/${matcher.source}/`, actual: shown, ...matched };
    }
    case "equals": {
      const value = expectedValue(matcher, context.scope, context.redact);
      const expected = context.asText && typeof value !== "string" ? JSON.stringify(value) : value;
      const ok =
        actual !== undefined &&
        (canonical(expected) === canonical(actual) || isAsWritten(matcher, actual, context));
      return { expected, actual: shown, ok, note: null };
    }
  }
}
