import { type HeaderList, isMethodOverride } from "../core/http.js";

/** Stands in literal text for what only the run can fill in. */
export const LATER = "\u0000";

/** A request as far as it is known. */
export interface KnownRequest {
  readonly method: string;
  /** With its query, if it has one; `LATER` for what is not known yet. */
  readonly path: string;
  readonly headers: HeaderList;
  /** Names that its body sets at the top; null where the body cannot be read. */
  readonly members: readonly string[] | null;
}

/** Members by which a participant's or communication's body ends or changes a live call. */
const LIVE_CALL_MEMBERS: readonly string[] = [
  "state",
  "held",
  "muted",
  "confined",
  "recording",
  "wrapup",
  "recordingstate",
];
const LIVE_CALL_PATH = /\/(participants|communications)\/|\/api\/v2\/conversations\/([^/]+\/)?[^/]+$/;

/** Operations that move, end or enter a live conversation whatever their body says. */
const OPERATIONS: readonly (readonly [path: RegExp, reason: string])[] = [
  [
    /\/(replace|transfer|blindtransfer|consulttransfer|consult)(\/|$)/,
    "a replace or transfer moves a live conversation",
  ],
  [/\/conversations\/.*\/?disconnect$/, "a disconnect ends a live conversation"],
  [/\/conversations\/.*\/(barge|coach)$/, "it puts somebody into a live conversation"],
  [/\/conversations\/.*\/recordingstate$/, "it changes the recording of a live conversation"],
  [/\/(participants|communications)\/[^/]+\/wrapup$/, "it wraps up a live conversation"],
];

/** As a server reads it: escapes undone, without case, query, doubled slashes and one at the end. */
function plainPath(path: string): string {
  const [pathname = ""] = path.split(/[?#]/);
  let text = pathname;
  try {
    text = decodeURIComponent(pathname);
  } catch {
    // A stray % stands for itself.
  }
  return text
    .toLowerCase()
    .replace(/\/{2,}/g, "/")
    .replace(/\/$/, "");
}

/** Methods that a server may take a request for; an override that is not known yet may be the worst one. */
function meantMethods({ method, headers }: KnownRequest): readonly string[] {
  const overrides = headers.filter(([name]) => isMethodOverride(name));
  const meant = overrides.map(([, value]) => (value.includes(LATER) ? "DELETE" : value.trim()));
  return [method, ...meant].map((each) => each.toUpperCase());
}

/** True for a path whose body may change a live call: not one of attributes, which are data about it. */
function isLiveCallPath(path: string): boolean {
  return LIVE_CALL_PATH.test(path) && !path.endsWith("/attributes");
}

/**
 * Why a write needs `--allow-destructive`; null where it does not: DELETE, bodies that change a live call, and operations
 * that move, end or enter one. What cannot be read is taken for the worst. Pure.
 */
export function destructiveReason(request: KnownRequest): string | null {
  if (meantMethods(request).includes("DELETE")) return "DELETE removes something";
  const path = plainPath(request.path);
  const operation = OPERATIONS.find(([pattern]) => pattern.test(path));
  if (operation !== undefined) return operation[1];
  if (!isLiveCallPath(path)) return null;
  if (request.members === null) return "its body cannot be read, and may change a live call";
  const names = request.members.map((name) => name.toLowerCase());
  const member = LIVE_CALL_MEMBERS.find((each) => names.includes(each));
  return member === undefined ? null : `"${member}" changes a live call`;
}

/** Names of such members that a text has anywhere, in whatever form it is written. Pure. */
export function liveCallMembersIn(text: string): readonly string[] {
  return LIVE_CALL_MEMBERS.filter((member) => new RegExp(`\\b${member}\\b`, "i").test(text));
}
