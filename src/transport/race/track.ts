import { request as httpRequest } from "node:http";
import type { HeaderList } from "../../core/http.js";
import type { OutgoingRequest } from "../outcome.js";
import type { ReleaseTechnique } from "../race.js";
import type { Route, Way } from "../way.js";
import type { Settling } from "./settling.js";

/** What one measuring took for each writer's connection, in ms; null where it was not measured. */
export type RoundTrips = readonly (number | null)[];

/** Who is told that a request leaves. */
export interface Leave {
  /** Called right before the end of a request is written. */
  readonly onLeaving: (writer: number) => void;
  /** Called once it was handed to the system; never where that fails. */
  readonly onSent: (writer: number) => void;
}

/** The connections of one race, with a place for each writer. Owns sockets: close it. */
export interface Track {
  readonly technique: ReleaseTechnique;
  /** True where requests can be kept back. */
  readonly holds: boolean;
  readonly way: Way;
  /** Round trips that the connections themselves were measured by, without any request. */
  readonly roundTrips: () => readonly RoundTrips[];
  /**
   * Makes the connections that these writers lack, or lack again. Never rejects: a writer that could not be connected
   * has its request fail. Resolves to how many connections had to be made anew.
   */
  readonly connect: (writers: readonly number[]) => Promise<number>;
  /** Header lines as they will stand on the wire. Pure. */
  readonly lines: (request: OutgoingRequest, url: URL) => HeaderList;
  /** The way of a writer's next request; `onHeld` is called when nothing but its kept-back end is missing. */
  readonly route: (writer: number, onHeld: () => void) => Route;
  /** Waits until what was written has reached the server, as far as that can be known. */
  readonly settle: (written: Omit<Settling, "toLoopback">) => Promise<void>;
  /**
   * Lets the requests of these writers go in as few writes as there are connections; what could not be kept back
   * passes freely from now on.
   */
  readonly letGo: (writers: readonly number[], leave: Leave) => void;
  /** The writer's request ended before it was let go. */
  readonly forget: (writer: number) => void;
  readonly close: () => void;
}

/** A way on which every request fails with this error, as it would have by asking for a connection. */
export function brokenRoute(way: Way, error: Error): Route {
  return {
    ...way,
    connection: "asked",
    open: (method, url, headers) =>
      httpRequest({
        method,
        host: url.hostname,
        headers: headers.flat(),
        createConnection: (_options, onCreated) => {
          // Node takes no connection here as long as there is an error.
          (onCreated as (error: Error) => void)(error);
          return undefined;
        },
      }),
  };
}
