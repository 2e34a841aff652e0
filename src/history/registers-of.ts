import { isWrite } from "../core/http.js";
import type { Exchange } from "../journal/journal.js";
import { subjectOf } from "../subject/subject-of.js";

/**
 * Which requests go by one line of versions. A token is that of the URL it was given for (RFC 9110, 8.8.3): what a
 * participant's write shows and what its conversation's read shows may be two counters that meet by chance, or one.
 */
export interface Registers {
  /** The line of versions of a request: its resource, and its path where the resource is reached by several. */
  readonly nameOf: (exchange: Exchange) => string;
  /** Lines that move when something else of their resource is written, by a path of its own. */
  readonly movedFromElsewhere: ReadonlySet<string>;
  /** True where the token that was sent had been given for other paths of the resource alone. */
  readonly isForeignToken: (exchange: Exchange) => boolean;
}

function pathOf({ request: { url } }: Exchange): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function addTo(sets: Map<string, Set<string>>, name: string, member: string): void {
  const set = sets.get(name);
  if (set === undefined) sets.set(name, new Set([member]));
  else set.add(member);
}

function mayHaveWritten({ request, response }: Exchange): boolean {
  const names = request.headers.map(([name]) => name);
  return (
    isWrite(request.method, names) && !(response !== null && response.status >= 400 && response.status < 500)
  );
}

/** Tells apart the lines of versions of what was sent. Pure. */
export function registersOf(exchanges: readonly Exchange[]): Registers {
  const paths = new Map<string, Set<string>>();
  const writtenPaths = new Map<string, Set<string>>();
  const givenAt = new Map<string, Set<string>>();
  for (const exchange of exchanges) {
    const { resource, tokenSeen } = subjectOf(exchange);
    const path = pathOf(exchange);
    addTo(paths, resource, path);
    if (mayHaveWritten(exchange)) addTo(writtenPaths, resource, path);
    for (const token of [tokenSeen, exchange.version === null ? null : String(exchange.version)])
      if (token !== null) addTo(givenAt, `${resource} ${token}`, path);
  }
  const nameOf = (exchange: Exchange): string => {
    const { resource } = subjectOf(exchange);
    return (paths.get(resource)?.size ?? 0) > 1 ? `${resource} ${pathOf(exchange)}` : resource;
  };
  const moved = exchanges.filter((exchange) => {
    const written = writtenPaths.get(subjectOf(exchange).resource);
    return written !== undefined && written.size > (written.has(pathOf(exchange)) ? 1 : 0);
  });
  return {
    nameOf,
    movedFromElsewhere: new Set(moved.map(nameOf)),
    isForeignToken: (exchange) => {
      const { resource, tokenSent } = subjectOf(exchange);
      const given = givenAt.get(`${resource} ${tokenSent}`);
      return given !== undefined && !given.has(pathOf(exchange));
    },
  };
}
