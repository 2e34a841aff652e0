import type { Clock } from "../../core/clock.js";
import type { ClientCredentials } from "../../core/credentials.js";
import type { HeaderList } from "../../core/http.js";
import type { Outcome, Transport } from "../transport.js";

/** A token that a login gave. */
export interface AccessToken {
  readonly value: string;
  /** When it was given, in ms since 1970. */
  readonly givenAt: number;
  /** How long it is good for, in ms, as the login host says; null where that does not say. */
  readonly lifeMs: number | null;
}

/** One login as it went, secrets and all: whoever writes it down takes them out first. */
export interface LoginExchange {
  readonly url: string;
  /** Lines as they stood on the wire. */
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly outcome: Outcome;
  /** What must be known as a secret before anything of this is written. */
  readonly secrets: readonly string[];
  /** False for an answer from which no token could be read, although it should hold one: its body may hide one. */
  readonly readable: boolean;
}

/** Who hears of logins. */
export interface LoginWatch {
  readonly onLogin: (login: LoginExchange) => void;
  /** A plain sentence: something did not work, and the run goes on. */
  readonly onWarning: (message: string) => void;
  /** Ends a login early. */
  readonly signal?: AbortSignal;
}

/** How to log in. */
export interface LoginOptions {
  readonly credentials: ClientCredentials;
  /** The vendor's platform, or any server that speaks OAuth 2: they differ in how a client's id and secret are spelled. */
  readonly kind: "genesys" | "http";
  readonly transport: Transport;
  readonly clock: Clock;
  readonly userAgent: string;
  /** How long a login may take, where that is less than 30 s. */
  readonly timeoutMs?: number;
}
