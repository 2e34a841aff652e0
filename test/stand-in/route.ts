import type { Client } from "./login.js";
import type { Org } from "./org.js";
import type { Answer, Arrived } from "./wire.js";

/** What a test may change about how the platform behaves. */
export interface Manners {
  /** How an outdated version of a user is refused: both were seen. */
  readonly staleVersion: 400 | 409;
}

/** A request that has come as far as its operation. */
export interface Asked extends Arrived {
  /** The values of the path's `{names}`, in order. */
  readonly values: readonly string[];
  readonly org: Org;
  readonly client: Client;
  readonly manners: Manners;
}

/** One operation of the platform. */
export interface Route {
  /** `PATCH /api/v2/users/{userId}` */
  readonly operation: string;
  /** Any one of these is enough; none are needed where it is empty. */
  readonly permissions: readonly string[];
  /** True where client credentials alone are refused. */
  readonly needsUser?: boolean;
  readonly answer: (asked: Asked) => Answer;
}

function patternOf(operation: string): RegExp {
  return new RegExp(`^${operation.replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
}

/** The operation that a request means; null where there is none. */
export function findRoute(
  routes: readonly Route[],
  { method, path }: Arrived,
): { readonly route: Route; readonly values: readonly string[] } | null {
  for (const route of routes) {
    const found = patternOf(route.operation).exec(`${method} ${path}`);
    if (found !== null) return { route, values: found.slice(1).map(decodeURIComponent) };
  }
  return null;
}
