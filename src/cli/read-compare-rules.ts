import type { CompareRules, MessagePlace, VolatileKind } from "../compare/runs.js";
import { findPattern } from "../core/bounded-pattern.js";
import { GcidemError } from "../core/errors.js";
import { didYouMeanHint } from "../document/did-you-mean.js";

/** The flags that say how runs are compared, as commander gives them. */
export interface CompareFlags {
  readonly exact: readonly string[];
  readonly ignore: readonly string[];
  readonly match: readonly string[];
}

/** What `--exact` may name. */
export const EXACT_KINDS: readonly VolatileKind[] = ["ids", "dates", "tokens"];

function usage(message: string, hint: string): GcidemError {
  return new GcidemError("usage", message, { hint });
}

function readKind(word: string): VolatileKind {
  const kind = EXACT_KINDS.find((each) => each === word);
  if (kind !== undefined) return kind;
  const hint = didYouMeanHint(word, EXACT_KINDS).hint ?? "such as --exact tokens";
  throw usage(`--exact: found "${word}", expected ${EXACT_KINDS.join(", ")}`, hint);
}

const PLACES = "such as header:ETag or /items/*/updated";

/** `header:NAME` or a JSON Pointer, in which `*` stands for any one member or index. */
function readPlace(flag: string, text: string): MessagePlace {
  const [, name] = /^header:([!#$%&'*+.^_`|~\w-]+)$/.exec(text) ?? [];
  if (name !== undefined) return { kind: "header", name: name.toLowerCase() };
  if (!text.startsWith("/") || /~(?![01])/.test(text))
    throw usage(`${flag}: found "${text}", expected a header or a JSON Pointer`, PLACES);
  const segments = text.slice(1).split("/");
  return {
    kind: "pointer",
    segments: segments.map((each) => each.replaceAll("~1", "/").replaceAll("~0", "~")),
  };
}

function readMatch(text: string): CompareRules["matched"][number] {
  const at = text.indexOf("=");
  if (at < 1)
    throw usage(`--match: found "${text}", expected PLACE=PATTERN`, "such as --match /state=^(on|off)$");
  const source = text.slice(at + 1);
  try {
    new RegExp(source, "u");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GcidemError("usage", `--match: ${why}`, {
      hint: "a pattern of JavaScript, with the flag u",
      cause,
    });
  }
  const place = readPlace("--match", text.slice(0, at));
  return { place, matches: (value) => findPattern(source, value) !== null };
}

/** What the flags of a comparison say. @throws GcidemError `usage` */
export function readCompareRules({ exact, ignore, match }: CompareFlags): CompareRules {
  return {
    exact: exact.map(readKind),
    ignored: ignore.map((text) => readPlace("--ignore", text)),
    matched: match.map(readMatch),
  };
}
