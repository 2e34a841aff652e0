import { editDistance } from "../core/edit-distance.js";

/** A method and a path with `{name}` segments. */
interface Operation {
  readonly method: string;
  readonly template: string;
}

/** No path of the org has so many; a longer one is no slip. */
const MOST_SEGMENTS = 12;
const LONGEST_SEGMENT = 64;

/** What it costs to leave out a segment, to have one too many, or to take a name for a value. */
const WHOLE_SEGMENT = 1;
/** `/api/v2` is what people forget, or put twice. */
const PREFIX_SEGMENT = 0.5;
const ANY_VALUE = 0.1;
const OTHER_METHOD = 0.5;

/** Farther than this, a suggestion would be a guess. */
const FARTHEST = 1.25;

function priceOf(segment: string): number {
  if (segment === "") return ANY_VALUE;
  return segment === "api" || /^v\d$/.test(segment) ? PREFIX_SEGMENT : WHOLE_SEGMENT;
}

/** 0 for the same word, up to a third for a slip; more than two whole segments for another word. */
function misspelling(sent: string, meant: string): number {
  if (meant.startsWith("{")) return sent === "" ? 3 : ANY_VALUE;
  const [a, b] = [sent.toLowerCase(), meant.toLowerCase()];
  if (a === b) return sent === meant ? 0 : ANY_VALUE;
  if (a.length > LONGEST_SEGMENT) return 3;
  const share = editDistance(a, b) / Math.max(a.length, b.length);
  return share <= 1 / 3 ? share : 3;
}

function segmentsOf(path: string): readonly string[] {
  return path.split("/").slice(1);
}

/** What it costs to leave out the first 0, 1, 2 ... segments. */
function runningPrices(segments: readonly string[]): readonly number[] {
  const prices = [0];
  for (const segment of segments) prices.push((prices.at(-1) ?? 0) + priceOf(segment));
  return prices;
}

/** The edit distance of two paths, segment by segment. */
function distance(sent: readonly string[], meant: readonly string[]): number {
  let previous: readonly number[] = runningPrices(sent);
  for (const template of meant) {
    const row: number[] = [(previous[0] ?? 0) + priceOf(template)];
    for (const [index, segment] of sent.entries()) {
      row.push(
        Math.min(
          (previous[index] ?? 0) + misspelling(segment, template),
          (previous[index + 1] ?? 0) + priceOf(template),
          (row[index] ?? 0) + priceOf(segment),
        ),
      );
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}

/**
 * The operation that somebody who sent this most likely meant, such as `GET /api/v2/users/{id}`; null when none is near. The
 * path is compared segment by segment: a misspelt, missing or additional one, another method. Pure.
 */
export function nearestRoute(method: string, path: string, operations: readonly Operation[]): string | null {
  const sent = segmentsOf(path);
  if (sent.length > MOST_SEGMENTS) return null;
  let nearest: { readonly name: string; readonly cost: number } | null = null;
  for (const { method: other, template } of operations) {
    const away = distance(sent, segmentsOf(template));
    const cost = away + (other === method ? 0 : OTHER_METHOD);
    if (away <= FARTHEST && (nearest === null || cost < nearest.cost)) {
      nearest = { name: `${other} ${template}`, cost };
    }
  }
  return nearest?.name ?? null;
}
