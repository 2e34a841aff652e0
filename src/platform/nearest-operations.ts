import { pathDistance, segmentsOf } from "../core/path-distance.js";
import { knownOperations, LISTED_AREAS } from "./all-operations.js";
import { pathShape } from "./path-shape.js";
import type { DocumentedOperation } from "./platform.js";

/** Words that forum posts use in paths, each with the platform's own (facts read 2026-11-21). */
const SYNONYMS: ReadonlySet<string> = new Set([
  "voice calls",
  "call calls",
  "dataactions integrations",
  "invoke execute",
  "interactions conversations",
]);

/** No path of the platform has so many; a longer one is no slip. */
const MOST_SEGMENTS = 16;
/** Farther than this, a suggestion would be a guess. */
const FARTHEST = 1.75;
/** No template is nearer whose number of segments differs by more. */
const MOST_APART = 3;
/** The second best is named only where it is about as near. */
const ABOUT_AS_NEAR = 0.3;
const MOST_NAMED = 2;

const OTHER_CHANGE = 0.25;
const OTHER_WRITE = 0.75;
/** Who wants to read does not want to write, and who wants to write does not want to remove. */
const OTHER_INTENT = 1.5;
/** What a read of the whole costs for each segment that was to select a part of it: the whole shows the part. */
const WHOLE_FOR_PART = 0.4;
/** A path that goes on where the one that was sent ended is about something else. */
const GOES_ON = 1;

function intentOf(method: string): string {
  if (method === "GET" || method === "HEAD") return "read";
  return method === "DELETE" ? "remove" : "write";
}

function otherMethod(sent: string, meant: string): number {
  if (sent === meant) return 0;
  if (intentOf(sent) !== intentOf(meant)) return OTHER_INTENT;
  if (intentOf(sent) === "read") return 0;
  return sent === "POST" || meant === "POST" ? OTHER_WRITE : OTHER_CHANGE;
}

function isAt(segment: string, template: string): boolean {
  return template.startsWith("{") ? segment !== "" : segment === template;
}

function begins(longer: readonly string[], shorter: readonly string[], same: typeof isAt): boolean {
  return longer.length > shorter.length && shorter.every((each, index) => same(longer[index] ?? "", each));
}

function away(method: string, sent: readonly string[], meant: readonly string[]): number {
  if (intentOf(method) === "read" && begins(sent, meant, isAt))
    return (sent.length - meant.length) * WHOLE_FOR_PART;
  const goesOn = begins(meant, sent, (template, segment) => isAt(segment, template));
  return pathDistance(sent, meant, SYNONYMS) + (goesOn ? GOES_ON : 0);
}

/** What is compared: a path in one of the listed areas is meant to be there, and comparing all takes five times as long. */
function candidates(path: string): readonly DocumentedOperation[] {
  const operations = knownOperations().map(({ operation }) => operation);
  const [, , area = ""] = segmentsOf(path);
  return LISTED_AREAS.has(area)
    ? operations.filter((each) => each.path.startsWith(`/api/v2/${area}`))
    : operations;
}

function search(method: string, path: string): readonly DocumentedOperation[] {
  const sent = segmentsOf(path);
  const costs = candidates(path)
    .map((operation) => ({ operation, meant: segmentsOf(operation.path) }))
    .filter(({ meant }) => Math.abs(meant.length - sent.length) <= MOST_APART)
    .map(({ operation, meant }) => ({
      operation,
      cost: away(method, sent, meant) + otherMethod(method, operation.method),
    }))
    .filter(({ cost }) => cost <= FARTHEST)
    .sort((a, b) => a.cost - b.cost);
  const best = costs[0]?.cost ?? 0;
  return costs
    .filter(({ cost }) => cost <= best + ABOUT_AS_NEAR)
    .slice(0, MOST_NAMED)
    .map(({ operation }) => operation);
}

/** Recorded traffic asks for the same few shapes of paths again and again, each with other ids. */
const REMEMBERED = 256;
const remembered = new Map<string, readonly DocumentedOperation[]>();

/**
 * The operations that somebody who sent this most likely meant, the nearest first; none where none is near. Compared
 * segment by segment: a misspelt or missing one, another word for it, another method; for a read, what shows the whole. Pure.
 */
export function nearestOperations(method: string, path: string): readonly DocumentedOperation[] {
  if (segmentsOf(path).length > MOST_SEGMENTS) return [];
  const shape = pathShape(path);
  const name = `${method} ${shape}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  if (remembered.size >= REMEMBERED) remembered.clear();
  const found = search(method, shape);
  remembered.set(name, found);
  return found;
}
