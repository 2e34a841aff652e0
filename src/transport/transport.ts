import type { Clock } from "../core/clock.js";
import type { Outcome, OutgoingRequest, SendObserver } from "./outcome.js";
import type { RaceLine, RaceOptions } from "./race.js";

export type { AnsweredOutcome, FailedOutcome, Outcome, OutgoingRequest } from "./outcome.js";

/** How connections are made. */
export interface TransportOptions {
  readonly clock: Clock;
  /** Cap on a decompressed body, in bytes. Default 10 MiB. */
  readonly maxBodyBytes?: number;
  /** PEM text of certificate authorities trusted besides the system's. */
  readonly ca?: string;
  /** Shown to servers of these origins that ask for one, and to nobody else. Both texts are PEM. */
  readonly clientCertificate?: {
    readonly cert: string;
    readonly key: string;
    readonly origins: readonly string[];
  };
  /** Proxy variables, as in `process.env`. Loopback never goes through a proxy. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How many files and connections this process may have open. Default: what the system says. */
  readonly openFilesLimit?: number;
}

/** Sends requests over kept-alive connections, one by one or released together. Owns sockets: close it. */
export interface Transport {
  readonly send: (
    request: OutgoingRequest,
    observer?: SendObserver,
    signal?: AbortSignal,
  ) => Promise<Outcome>;
  /**
   * Makes connections from which several writers' requests can be let go at one instant. A server that cannot be
   * reached is no error here: each request of each wave then fails as data. `signal` ends the opening, and with it the
   * use of the line.
   *
   * @throws GcidemError `usage` where the technique cannot be had, where a proxy setting makes no sense, and where more
   *   connections are needed than this process may open; nothing was sent
   */
  readonly openRace: (options: RaceOptions, signal?: AbortSignal) => Promise<RaceLine>;
  readonly close: () => Promise<void>;
}
