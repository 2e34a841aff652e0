import type { HeaderList } from "../core/http.js";
import type { FoundRun } from "../session/find-run.js";
import type { ConfigRules } from "../session/session.js";

/** How a client's traffic is recorded. */
export interface RecordOptions {
  /** Scheme, host and port that requests are passed to; paths are the client's. */
  readonly upstream: URL;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Of each body so many bytes are kept in the journal; all of them are passed on. */
  readonly maxBodyBytes: number;
  /** PEM text of authorities trusted besides the system's; null: none. */
  readonly ca: string | null;
  /** Proxy variables on the way to the upstream, as in `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runsFolder: string;
  /** True for the default folder, which carries its own `.gitignore`. */
  readonly runsFolderIgnored: boolean;
  /** What a config file wants hidden, and how it says that the API names its things; null: there is no such file. */
  readonly rules: ConfigRules | null;
  /** Called with what whoever runs it should know, each once, in plain sentences. */
  readonly onNote: (note: string) => void;
}

/** A recorder that listens. It owns sockets and an open journal: stop it. */
export interface Recorder {
  readonly url: string;
  readonly run: FoundRun;
  /** Aborted where the journal cannot be written any more; the reason is a GcidemError `output`. */
  readonly broken: AbortSignal;
  /**
   * Takes no new requests, waits for those under way as long as `graceMs`, ends what is left then or when `signal` is
   * aborted, and closes the journal.
   */
  readonly stop: (graceMs: number, signal?: AbortSignal) => Promise<void>;
}

/** What of a request goes on to the upstream, besides its body. */
export interface RequestHead {
  readonly method: string;
  /** The request target as the client wrote it, in origin form. */
  readonly path: string;
  /** Lines in the client's order and case, `Host` that of the upstream, without those of the client's connection. */
  readonly headers: HeaderList;
  /** True where the end of the body is only known when it is there (chunked). */
  readonly chunked: boolean;
  /** True where there is no body at all. */
  readonly bodiless: boolean;
  /** True where the client can take trailers (`TE: trailers`). */
  readonly takesTrailers: boolean;
  /** True where the client ends its connection after the answer. */
  readonly last: boolean;
}
