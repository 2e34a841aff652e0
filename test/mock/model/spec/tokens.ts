import type { Content } from "./bodies.js";
import { contentText } from "./bodies.js";
import type { Model, Revision, Seen, Token } from "./model.js";
import { blurMs, hasCome, UNCLEAR, type Unclear, versionName } from "./model.js";
import type { Rules } from "./rules.js";

/** The state that counts for a write: the newest. */
export function currentOf(model: Model, thing: string): Revision | null {
  return model.things.get(thing)?.at(-1) ?? null;
}

/** The content of what exists; null where nothing does. */
export function contentOf(model: Model, thing: string): Content | null {
  return currentOf(model, thing)?.content ?? null;
}

/**
 * The state that a read shows (C8): the newest that is as old as the lag. What has no state that old is shown as it was
 * first: the policy speaks of reads that trail, not of things that are not there yet.
 */
export function shownOf(
  model: Model,
  thing: string,
  { concurrency: { readLagMs } }: Rules,
): Revision | null | Unclear {
  const states = model.things.get(thing) ?? [];
  let shown = states[0] ?? null;
  for (const state of states) {
    const due = readLagMs === 0 ? true : hasCome(model, state.at + readLagMs);
    if (due === UNCLEAR) return UNCLEAR;
    if (due) shown = state;
  }
  return shown;
}

/** A write as it changes what exists. */
export interface Change {
  readonly thing: string;
  /** Null: it is deleted. */
  readonly content: Content | null;
  readonly named: readonly string[] | null;
  readonly by: string | null;
}

/** True where the second of a write depends on what the write spends on its way. */
function crossesSecond({ nowMs, policy }: Model): boolean {
  return Math.floor(nowMs / 1000) !== Math.floor((nowMs + blurMs(policy)) / 1000);
}

/** The state after a write (C16); the same one where a write of what is there moves nothing. */
export function stateAfter(model: Model, change: Change, rules: Rules): Revision | Unclear {
  if (rules.concurrency.meaning === "mtime-seconds" && crossesSecond(model)) return UNCLEAR;
  const before = currentOf(model, change.thing);
  const noOp =
    before?.content != null &&
    change.content !== null &&
    contentText(before.content) === contentText(change.content);
  if (noOp && before !== null && rules.concurrency.noOpWrite === "keep") return before;
  const next = {
    at: model.nowMs,
    content: change.content,
    number: model.revisions + 1,
    by: change.by,
    named: change.named,
  };
  return { ...next, version: versionName(next, rules) };
}

/** A write has led to a state. */
export function remember(model: Model, thing: string, state: Revision): void {
  if (currentOf(model, thing) === state) return;
  model.revisions = Math.max(model.revisions, state.number);
  model.things.set(thing, [...(model.things.get(thing) ?? []), state]);
}

const tokenKey = (thing: string, version: string): string => `${thing} ${version}`;

/** The token of a state as it was seen; null where none was seen yet. */
export function tokenOf(model: Model, thing: string, version: string): Token | null {
  return model.tokens.get(tokenKey(thing, version)) ?? null;
}

/** Every state of a thing whose token was seen, oldest first. */
export function seenVersions(model: Model, thing: string): readonly string[] {
  const known = (model.things.get(thing) ?? []).filter(
    ({ content, version }) => content !== null && tokenOf(model, thing, version) !== null,
  );
  return [...new Set(known.map(({ version }) => version))];
}

/** What a policy shows of a token (C1). */
export function offered({ concurrency: { validator } }: Rules): {
  readonly etag: "strong" | "weak" | null;
  readonly member: string | null;
} {
  if (validator.kind === "none") return { etag: null, member: null };
  if (validator.kind === "etag-strong") return { etag: "strong", member: null };
  if (validator.kind === "etag-weak") return { etag: "weak", member: null };
  return { etag: validator.etag === "none" ? null : validator.etag, member: validator.name };
}

const ETAGS = { strong: /^"[^"]+"$/, weak: /^W\/"[^"]+"$/ } as const;

/** What an answer shows of a token, in the places where the policy has one. `undefined`: the place is not there. */
export interface Shown {
  readonly etag: string | null | undefined;
  readonly member: unknown;
}

/** What the places of a token hold in an answer; a body that is empty has none. */
export function tokenIn(seen: Seen, rules: Rules): Shown {
  const { etag, member } = offered(rules);
  return {
    etag: etag === null ? undefined : (seen.headers.etag ?? null),
    member: member === null || seen.text === "" ? undefined : (seen.json[member] ?? null),
  };
}

function judgeForm({ etag, member }: Shown, rules: Rules): string | null {
  const wanted = offered(rules);
  const { validator } = rules.concurrency;
  if (etag !== undefined && wanted.etag !== null && !ETAGS[wanted.etag].test(etag ?? "")) {
    return `expected a ${wanted.etag} ETag, found ${etag}`;
  }
  if (member === undefined) return null;
  if ("form" in validator && validator.form === "integer") {
    return Number.isInteger(member) ? null : `expected an integer ${wanted.member}, found ${member}`;
  }
  return typeof member === "string" ? null : `expected a text ${wanted.member}, found ${member}`;
}

/** Which state of which thing an answer shows. */
export interface State {
  readonly model: Model;
  readonly thing: string;
  readonly version: string;
  readonly rules: Rules;
}

function differs(known: string | number | null, shown: unknown): boolean {
  return known !== null && shown !== undefined && known !== shown;
}

/** What is wrong with the token that an answer shows for a state, as a sentence; null where nothing is. */
export function judgeToken({ model, thing, version, rules }: State, shown: Shown): string | null {
  const form = judgeForm(shown, rules);
  if (form !== null) return form;
  const known = tokenOf(model, thing, version);
  const text = JSON.stringify(shown);
  if (differs(known?.etag ?? null, shown.etag) || differs(known?.member ?? null, shown.member)) {
    return `the token of an unchanged state moved: ${JSON.stringify(known)} -> ${text}`;
  }
  for (const [key, other] of model.tokens) {
    if (!key.startsWith(`${thing} `) || key === tokenKey(thing, version)) continue;
    const same =
      (other.etag !== null && other.etag === shown.etag) ||
      (other.member !== null && other.member === shown.member);
    if (same) return `two states of thing ${thing} (${key}; ${version}) have one token: ${text}`;
  }
  return null;
}

/** A token was seen for the first time, or a place of it that was not seen before. */
export function learn({ model, thing, version }: State, { etag, member }: Shown): void {
  const known = tokenOf(model, thing, version);
  const shown = typeof member === "string" || typeof member === "number" ? member : null;
  model.tokens.set(tokenKey(thing, version), {
    etag: etag ?? known?.etag ?? null,
    member: shown ?? known?.member ?? null,
  });
}
