import { type Connections, openConnections } from "../connections.js";
import type { Environment } from "../proxy.js";
import type { Trust } from "../trust.js";
import type { Route, Way } from "../way.js";
import { wireHeaders } from "../wire-headers.js";
import { brokenRoute, type RoundTrips, type Track } from "./track.js";

/** How connections are made. */
interface ColdOptions {
  readonly env: Environment;
  readonly trust: Trust;
}

/** What an ordinary client does: each request of each wave opens a connection of its own. */
export class ColdTrack implements Track {
  readonly technique = "naive";
  readonly holds = false;
  readonly lines: Track["lines"];
  readonly way: Way;
  readonly #options: ColdOptions;
  #connections: Connections | null = null;
  #route: Route | null = null;

  constructor(way: Way, options: ColdOptions) {
    this.way = way;
    this.lines = (request, url) => [...wireHeaders(request, url), ...way.headers];
    this.#options = options;
  }

  roundTrips(): readonly RoundTrips[] {
    return [];
  }

  async connect(): Promise<number> {
    this.close();
    this.#connections = openConnections(this.#options.env, this.#options.trust, { keep: false });
    const route = await this.#connections.routeTo(this.way.server);
    this.#route = "problem" in route ? brokenRoute(this.way, new Error(route.problem)) : route;
    return 0;
  }

  route(): Route {
    if (this.#route === null) throw new Error("no wave has begun");
    return this.#route;
  }

  async settle(): Promise<void> {}

  letGo(): void {}

  forget(): void {}

  close(): void {
    this.#connections?.close();
    this.#connections = null;
  }
}
