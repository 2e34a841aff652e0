import { pathDistance, segmentsOf } from "../core/path-distance.js";

/** A method and a path with `{name}` segments. */
interface Operation {
  readonly method: string;
  readonly template: string;
}

/** No path of the org has so many; a longer one is no slip. */
const MOST_SEGMENTS = 12;

const OTHER_METHOD = 0.5;

/** Farther than this, a suggestion would be a guess. */
const FARTHEST = 1.25;

/**
 * The operation that somebody who sent this most likely meant, such as `GET /api/v2/users/{id}`; null when none is near. The
 * path is compared segment by segment: a misspelt, missing or additional one, another method. Pure.
 */
export function nearestRoute(method: string, path: string, operations: readonly Operation[]): string | null {
  const sent = segmentsOf(path);
  if (sent.length > MOST_SEGMENTS) return null;
  let nearest: { readonly name: string; readonly cost: number } | null = null;
  for (const { method: other, template } of operations) {
    const away = pathDistance(sent, segmentsOf(template));
    const cost = away + (other === method ? 0 : OTHER_METHOD);
    if (away <= FARTHEST && (nearest === null || cost < nearest.cost)) {
      nearest = { name: `${other} ${template}`, cost };
    }
  }
  return nearest?.name ?? null;
}
