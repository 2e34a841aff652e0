import { isDeepStrictEqual } from "node:util";
import type { TraceEntry } from "../../../../src/mock/mock.js";
import type { Expected, Seen } from "../spec/model.js";

function judgeHeader(name: string, wanted: string, found: string | undefined): string | null {
  const here = found !== undefined;
  if (wanted === "present") return here ? null : `expected the header ${name}, found none`;
  if (wanted === "absent") return here ? `expected no header ${name}, found ${found}` : null;
  return found === wanted ? null : `expected ${name}: ${wanted}, found ${found}`;
}

function judgeBody({ body, ignoring }: Expected, seen: Seen): string | null {
  if (body === null) return null;
  if ("text" in body)
    return seen.text === body.text ? null : `expected the body ${body.text}, found ${seen.text}`;
  const without = (json: Readonly<Record<string, unknown>>): unknown =>
    Object.fromEntries(Object.entries(json).filter(([name]) => !ignoring.includes(name)));
  return isDeepStrictEqual(without(seen.json), without(body.json))
    ? null
    : `expected the body ${JSON.stringify(body.json)}, found ${seen.text}`;
}

function judgeTrace(
  { executed, causes, movedBy }: Expected,
  entry: TraceEntry | undefined,
): readonly (string | null)[] {
  if (entry === undefined) return ["expected a decision in the trace, found none"];
  return [
    entry.executed === executed ? null : `expected executed ${executed}, traced ${entry.executed}`,
    causes === "any" || causes.includes(entry.cause)
      ? null
      : `expected cause ${causes.join(" or ")}, traced ${entry.cause} (${entry.reason})`,
    movedBy === "any" || movedBy.includes(entry.movedBy ?? "null")
      ? null
      : `expected movedBy ${movedBy.join(" or ")}, traced ${entry.movedBy}`,
  ];
}

/** Every sentence that says where an answer or its trace is not as expected. */
export function judge(expected: Expected, seen: Seen, entry: TraceEntry | undefined): readonly string[] {
  const { statuses } = expected;
  const status =
    statuses.length === 0 || statuses.includes(seen.status)
      ? null
      : `expected status ${statuses.join(" or ")}, found ${seen.status} ${seen.text}`;
  const headers = Object.entries(expected.headers).map(([name, wanted]) =>
    judgeHeader(name, wanted, seen.headers[name]),
  );
  const traced =
    entry?.status === seen.status ? null : `traced status ${entry?.status}, found ${seen.status}`;
  const all = [
    status,
    ...headers,
    judgeBody(expected, seen),
    status === null ? (expected.also?.(seen) ?? null) : null,
    traced,
    ...judgeTrace(expected, entry),
  ];
  return all.filter((each) => each !== null);
}
