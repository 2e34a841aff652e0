import { parseDuration } from "../core/duration.js";
import type { AbsentPolicy, Validator } from "./concurrency-policy.js";
import {
  type Atomicity,
  type BodyFingerprint,
  WRITE_METHODS,
  type WriteMethod,
} from "./idempotency-policy.js";
import type { Layer, RouteMatch } from "./policy.js";
import type {
  AbsentFile,
  AtomicityFile,
  BodyFingerprintFile,
  DurationText,
  StatusMap,
  ValidatorFile,
  WordOrMap,
} from "./policy-file.js";

const NAMED: RegExp = /^(header|query|body) (\S+)$/;
const ROUTE: RegExp = /^(\*|[A-Z]+) (\/\S*)$/;

/** The time between look-up and write of a check-then-set whose window is not given. */
const DEFAULT_WINDOW_MS = 1;

/** Milliseconds of a duration that the schema has accepted. Pure. */
export function durationMs(text: DurationText): number {
  return parseDuration(text) ?? 0;
}

/** The word of `word` and of `{ kind: word }`. Pure. */
export function wordOf<Word extends string>(value: WordOrMap<Word>): Word {
  return typeof value === "string" ? value : value.kind;
}

/** Splits `header NAME`, `query NAME` and `body NAME`; null for anything else. Pure. */
export function readNamed(
  text: string,
): { readonly kind: "header" | "query" | "body"; readonly name: string } | null {
  const [, kind, name] = NAMED.exec(text) ?? [];
  if (name === undefined) return null;
  return { kind: kind as "header" | "query" | "body", name };
}

/** Splits `METHOD /path/{id}`; null for anything else. Pure. */
export function readRouteMatch(text: string): RouteMatch | null {
  const [, method, path] = ROUTE.exec(text) ?? [];
  return method === undefined || path === undefined ? null : { method, path };
}

/** `atomic`, `check-then-set` or its map; a window that is not given is a millisecond. Pure. */
export function readAtomicity(value: AtomicityFile): Atomicity {
  if (wordOf<"atomic" | "check-then-set">(value) === "atomic") return { kind: "atomic" };
  const window = typeof value === "object" && "window" in value ? value.window : undefined;
  return { kind: "check-then-set", windowMs: window === undefined ? DEFAULT_WINDOW_MS : durationMs(window) };
}

/** A word for the whole body, or the fields that count. Pure. */
export function readBodyFingerprint(value: BodyFingerprintFile): BodyFingerprint {
  if (typeof value === "object" && "fields" in value) return { kind: "fields", fields: value.fields };
  return { kind: wordOf(value) };
}

const VERSION_DEFAULTS = { name: "version", form: "integer", etag: "none" } as const;
const REVISION_DEFAULTS = { name: "_rev", form: "opaque", etag: "none" } as const;

/** A version is a member `version` that counts, a revision an opaque member `_rev`, unless said otherwise. Pure. */
export function readValidator(value: ValidatorFile): Validator {
  const map = typeof value === "string" ? { kind: value } : value;
  if (map.kind === "version") return { ...VERSION_DEFAULTS, ...map, kind: "version" };
  if (map.kind === "revision") return { ...REVISION_DEFAULTS, ...map, kind: "revision" };
  return { kind: map.kind };
}

function readAbsentOne(value: AbsentFile): AbsentPolicy {
  return typeof value === "object" && "status" in value
    ? { kind: "refuse", status: value.status }
    : { kind: "accepted" };
}

function isForAllMethods(value: AbsentFile | Partial<Record<WriteMethod, AbsentFile>>): value is AbsentFile {
  return typeof value === "string" || "status" in value || "kind" in value;
}

/** One value for all methods, or one for each that is named. Pure. */
export function readAbsent(
  value: AbsentFile | Partial<Record<WriteMethod, AbsentFile>>,
): Layer<Readonly<Record<WriteMethod, AbsentPolicy>>> {
  const pairs = WRITE_METHODS.flatMap((method) => {
    const one = isForAllMethods(value) ? value : value[method];
    return one === undefined ? [] : [[method, readAbsentOne(one)] as const];
  });
  return Object.fromEntries(pairs);
}

/** `execute`, or the status that a key gets after its life. Pure. */
export function readAfterExpiry(
  value: WordOrMap<"execute"> | StatusMap,
): { readonly kind: "execute" } | { readonly kind: "refuse"; readonly status: number } {
  return typeof value === "object" && "status" in value
    ? { kind: "refuse", status: value.status }
    : { kind: "execute" };
}
