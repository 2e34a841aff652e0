import type { Readable, Writable } from "node:stream";
import type { HeaderList } from "../core/http.js";
import type { RequestHead } from "./record.js";

/** The head of an answer, its body still to come. */
export interface UpstreamAnswer {
  readonly status: number;
  /** Empty where there is none (HTTP/2). */
  readonly reason: string;
  readonly httpVersion: string;
  readonly headers: HeaderList;
  /** Emits `end` where nothing more comes, and `close` in any case. */
  readonly body: Readable;
  /** Once the body has ended: null where it came whole, else what ended it. */
  readonly cut: () => Error | null;
  /** Known once the body has ended. */
  readonly trailers: () => HeaderList;
}

/** What becomes of a request at the upstream. Nothing is called after `onBroken`. */
export interface UpstreamListener {
  /** An interim answer, such as 100 or 103. */
  readonly onInterim: (status: number, headers: HeaderList) => void;
  readonly onAnswer: (answer: UpstreamAnswer) => void;
  /** All of the request was handed to the system. */
  readonly onSent: () => void;
  readonly onBroken: (error: Error) => void;
}

/** A request on its way. */
export interface UpstreamRequest {
  /** Takes the body; its `end` ends the request. */
  readonly body: Writable;
  /** Sends the head now, whether or not a body follows soon. */
  readonly flush: () => void;
  /** To be called before the end of a chunked body. */
  readonly trailers: (lines: HeaderList) => void;
  readonly destroy: () => void;
}

/** One connection to the upstream, for one connection of a client. */
export interface UpstreamConnection {
  readonly isOpen: () => boolean;
  /** @throws where Node refuses a line of the head; nothing was sent. */
  readonly start: (head: RequestHead, listener: UpstreamListener) => UpstreamRequest;
  readonly onClose: (closed: () => void) => void;
  readonly destroy: () => void;
}
