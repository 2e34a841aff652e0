import type { HeaderList } from "../core/http.js";
import type { Redactor } from "../core/redact.js";
import type { ReceivedResponse, SentRequest } from "./journal.js";
import { type RawRequest, type RawResponse, recordRequest, recordResponse } from "./record-message.js";

/** Records messages as the journal keeps them, a message that is the same as the one before only once. */
export interface MessageRecorder {
  readonly request: (raw: RawRequest, redactor: Redactor) => SentRequest;
  readonly response: (raw: RawResponse, redactor: Redactor) => ReceivedResponse;
}

/** Longer bodies are neither compared nor kept. */
const LONGEST_BODY_BYTES = 1 << 16;

function sameHeaders(a: HeaderList, b: HeaderList): boolean {
  return (
    a.length === b.length &&
    a.every(([name, value], index) => name === b[index]?.[0] && value === b[index]?.[1])
  );
}

function sameBody(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a === b || (a.length <= LONGEST_BODY_BYTES && Buffer.compare(a, b) === 0);
}

type Raw = Pick<RawRequest, "headers" | "body">;

/** `sameStart`: whether two messages have the same first line. */
function recordingOnce<R extends Raw, T>(
  record: (raw: R, redactor: Redactor) => T,
  sameStart: (a: R, b: R) => boolean,
): (raw: R, redactor: Redactor) => T {
  let last: {
    readonly raw: R;
    readonly redactor: Redactor;
    readonly revision: number;
    readonly recorded: T;
  } | null = null;
  return (raw, redactor) => {
    const revision = redactor.revision();
    if (
      last !== null &&
      last.redactor === redactor &&
      last.revision === revision &&
      sameStart(last.raw, raw) &&
      sameHeaders(last.raw.headers, raw.headers) &&
      sameBody(last.raw.body, raw.body)
    )
      return last.recorded;
    const recorded = record(raw, redactor);
    // What was learned from a message hides more in the next one like it.
    const lasts = redactor.revision() === revision && (raw.body?.length ?? 0) <= LONGEST_BODY_BYTES;
    last = lasts ? { raw, redactor, revision, recorded } : null;
    return recorded;
  };
}

/** Makes a recorder. It holds on to one request and one answer. `varied`: headers whose values gcidem makes anew each time. */
export function createMessageRecorder(varied: readonly string[] = []): MessageRecorder {
  const more = varied.length === 0 ? {} : { varied };
  return {
    request: recordingOnce(
      (raw: RawRequest, redactor) => ({ ...recordRequest(raw, redactor), ...more }),
      (a, b) => a.method === b.method && a.url === b.url,
    ),
    response: recordingOnce(
      recordResponse,
      (a, b) => a.status === b.status && a.httpVersion === b.httpVersion && a.truncated === b.truncated,
    ),
  };
}
