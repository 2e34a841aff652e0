import type { Exchange } from "../journal/journal.js";
import { subjectOf } from "../subject/subject-of.js";
import type { Anomaly } from "./history.js";

/** Members of a JSON value by their paths, each with its value as text. */
type Leaves = ReadonlyMap<string, string>;

/** An acknowledged write without a precondition. */
interface BlindWrite {
  readonly exchange: Exchange;
  readonly leaves: Leaves;
  readonly replaces: boolean;
  readonly call: number;
  readonly ret: number;
}

function leavesOf(body: string): Leaves {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, at: string): void => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [name, member] of Object.entries(value)) walk(member, `${at}/${name}`);
    } else leaves.set(at, JSON.stringify(value));
  };
  try {
    walk(JSON.parse(body), "");
  } catch {
    leaves.set("", body);
  }
  return leaves;
}

/** What other APIs call the token that a write names, in its body or its query. */
const TOKEN_NAME = /^_?(?:rev|revision|e_?tag|(?:resource_?|row_?|lock_?)?version)$/i;

function membersOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/**
 * True where a write may have named what it replaces in a way that no rule knows: by a member of such a name, or by one
 * that the server answered with another value, as it does with a version that it counts.
 */
function mayNameToken({ request, response }: Exchange): boolean {
  const sent = membersOf(request.body);
  const answered = membersOf(response?.body ?? "");
  const named = [...Object.keys(sent), ...new URL(request.url).searchParams.keys()];
  if (named.some((name) => TOKEN_NAME.test(name))) return true;
  return Object.entries(sent).some(
    ([name, value]) => typeof value !== "object" && name in answered && answered[name] !== value,
  );
}

function isBlindWrite(exchange: Exchange): boolean {
  const { method } = exchange.request;
  const { status } = exchange.response ?? { status: 0 };
  const acknowledged = status >= 200 && status < 300 && exchange.writer !== null;
  if (!acknowledged || (method !== "PUT" && method !== "PATCH")) return false;
  return subjectOf(exchange).tokenSent === null && !mayNameToken(exchange);
}

function toBlindWrite(exchange: Exchange): BlindWrite {
  const { timings, request } = exchange;
  return {
    exchange,
    leaves: leavesOf(request.body),
    replaces: request.method === "PUT",
    call: callOf(exchange),
    ret: timings.endMs ?? Number.POSITIVE_INFINITY,
  };
}

/** Names whose values differ: at most one of the two can be there in the end. */
function contested(a: BlindWrite, b: BlindWrite): string | null {
  for (const [name, value] of a.leaves) {
    const other = b.leaves.get(name);
    if (other !== undefined && other !== value) return name;
  }
  return null;
}

function callOf({ timings }: Exchange): number {
  return timings.releasedMs ?? timings.startMs;
}

/** True where a writer built on an older state: it wrote at the same time, or its newest read was over before the other was sent. */
function hadNotSeen(writer: BlindWrite, other: BlindWrite, all: readonly Exchange[]): boolean {
  if (other.ret >= writer.call) return true;
  const { resource } = subjectOf(writer.exchange);
  const newest = all.findLast(
    (each) =>
      each.writer === writer.exchange.writer &&
      each.request.method === "GET" &&
      callOf(each) < writer.call &&
      subjectOf(each).resource === resource,
  );
  const readMs = newest?.timings.endMs ?? null;
  return readMs !== null && readMs <= other.call;
}

/** A stored answer is no write: requests under one key are judged as one. */
function sameKey(a: BlindWrite, b: BlindWrite): boolean {
  const key = a.exchange.idempotencyKey;
  return key !== null && key === b.exchange.idempotencyKey;
}

function losesOne(a: BlindWrite, b: BlindWrite, all: readonly Exchange[]): boolean {
  if (a.exchange.writer === b.exchange.writer || sameKey(a, b) || contested(a, b) === null) return false;
  const [earlier, later] = a.ret <= b.ret ? [a, b] : [b, a];
  return hadNotSeen(later, earlier, all);
}

function story(a: BlindWrite, b: BlindWrite, name: string): Anomaly {
  const shown = name === "" ? "the body" : name.slice(1).replaceAll("/", ".");
  return {
    name: "lost-update",
    operations: [a.exchange.id, b.exchange.id],
    explanation: `${a.exchange.id} (writer ${a.exchange.writer}) and ${b.exchange.id} (writer ${b.exchange.writer}) both set ${shown}, to different values, without a precondition, and both were acknowledged; neither had seen the other's: one of the two is gone.`,
  };
}

/**
 * Updates lost without any precondition: two acknowledged writes of different writers of a race that set one member to
 * different values, the later of which had not seen the earlier. Writes of different members, and equal values, lose
 * nothing that two requests could prove. Pure.
 *
 * @returns the first such pair of each resource
 */
export function lostWrites(exchanges: readonly Exchange[]): readonly Anomaly[] {
  const byResource = new Map<string, BlindWrite[]>();
  const found = new Map<string, Anomaly>();
  for (const write of exchanges.filter(isBlindWrite).map(toBlindWrite)) {
    const { pathname } = new URL(write.exchange.request.url);
    const rivals = byResource.get(pathname) ?? [];
    const rival = found.has(pathname) ? undefined : rivals.find((each) => losesOne(each, write, exchanges));
    if (rival !== undefined) found.set(pathname, story(rival, write, contested(rival, write) ?? ""));
    rivals.push(write);
    byResource.set(pathname, rivals);
  }
  return [...found.values()];
}
