import type { HeaderList } from "../core/http.js";
import type { AskedValue } from "../intake/written.js";

/** An answer as far as later requests may carry something of it. */
interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  /** Null: it is no text, or nobody kept it. */
  readonly body: string | null;
}

/** A request to import, its secrets replaced by placeholders; texts may hold marks. */
export interface Sent {
  /** `orders.sh:3`, `export.har, request 3`. */
  readonly place: string;
  readonly name: string | null;
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
  /** `missing`: there was one that nobody kept whole; `reworked`: its bytes are not those that were sent. */
  readonly bodyState: "exact" | "reworked" | "missing";
  readonly answer: Answer | null;
  /** Why there is no answer; null where there is one, or where nothing was sent yet. */
  readonly error: string | null;
  /** In ms on one axis; null: nobody knows. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly timeoutMs: number | null;
}

/** A request at a glance, to choose by. */
export interface Glimpse {
  /** As in {@link Sent}. */
  readonly place: string;
  readonly method: string;
  readonly url: string;
  readonly key: string | null;
  readonly status: number | null;
}

/** Something that was dropped or guessed, and where. */
export interface ImportNote {
  readonly place: string;
  readonly text: string;
}

/** What a run on the mock needs to find the same server again. Values as in a scenario file. */
export interface MockSetting {
  readonly policy: unknown;
  readonly seed: number | null;
  readonly world: unknown;
}

/** Requests to import, whatever they come from. */
export interface Traffic {
  /** What the source is called. */
  readonly source: string;
  /** `curl`, `HAR 1.2`, `run of gcidem`. */
  readonly format: string;
  readonly count: number;
  /** Reads the source anew at each iteration. */
  readonly glimpses: () => Iterable<Glimpse>;
  /** The requests of these indexes, in order. */
  readonly requests: (wanted: ReadonlySet<number>) => Iterable<Sent>;
  /** False where overlap cannot be concluded. */
  readonly timesKnown: boolean;
  /** The clock jumps: pauses are part of what was asked for. */
  readonly pausesCount: boolean;
  readonly notes: readonly ImportNote[];
  readonly asked: readonly AskedValue[];
  readonly mock: MockSetting | null;
}

/** A body that stands in a file beside the scenario. */
export interface BodyFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A scenario that was made from requests. */
export interface Imported {
  /** YAML text. */
  readonly text: string;
  readonly files: readonly BodyFile[];
  readonly notes: readonly ImportNote[];
  /** Scheme, host and port that the requests went to; null where the source does not say. */
  readonly origin: string | null;
  /** What stands for it in the source where that is a variable. */
  readonly originName: string;
  /** Names of credential headers that were left out, in lower case; `authorization basic` is one by itself. */
  readonly credentials: readonly string[];
  /** Environment variables that the scenario reads. */
  readonly environment: readonly string[];
  /** Values of its vars that a person must give off the mock; null where nobody knows one. */
  readonly asked: ReadonlyMap<string, string | null>;
  readonly steps: number;
}
