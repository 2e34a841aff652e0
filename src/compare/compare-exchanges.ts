import { headerValue } from "../core/http.js";
import type { Exchange, SentRequest } from "../journal/journal.js";
import type { BodyChange, ExchangeDiff, MessageDiff } from "./compare.js";
import { compareBodies } from "./compare-bodies.js";
import { type ComparedHeaders, compareHeaders } from "./compare-headers.js";
import { isVariedByGcidem, isVolatile } from "./volatile-headers.js";

interface ComparedMessage {
  readonly diff: MessageDiff;
  readonly folded: number;
}

function message(compared: ComparedHeaders, bodies: Omit<MessageDiff, "headers">): ComparedMessage {
  return { diff: { headers: compared.headers, ...bodies }, folded: compared.folded };
}

function compareRequests(base: SentRequest, other: SentRequest): ComparedMessage {
  const folds = (name: string, onBothSides: boolean): boolean =>
    isVariedByGcidem(name, onBothSides) || (onBothSides && base.varied?.includes(name) === true);
  return message(compareHeaders(base.headers, other.headers, folds), compareBodies(base, other));
}

/** True where a header carries the correlation ID, whatever the server calls it. */
function isId(name: string, { response, correlationId }: Exchange): boolean {
  return correlationId !== null && headerValue(response?.headers ?? [], name) === correlationId;
}

/** An error body that names its own correlation ID would differ each time; the ID is told apart on its own. */
function namesOwnId(change: BodyChange, base: Exchange, other: Exchange): boolean {
  const { from, value } = change;
  if (from?.kind !== "string" || value?.kind !== "string") return false;
  return from.value === base.correlationId && value.value === other.correlationId;
}

function compareResponses(base: Exchange, other: Exchange): ComparedMessage | null {
  if (base.response === null || other.response === null) return null;
  const folds = (name: string, onBothSides: boolean): boolean =>
    isVolatile(name) || (onBothSides && isId(name, base) && isId(name, other));
  const headers = compareHeaders(base.response.headers, other.response.headers, folds);
  const bodies = compareBodies(base.response, other.response);
  const body = bodies.body.filter((change) => !namesOwnId(change, base, other));
  const folded = headers.folded + (bodies.body.length - body.length);
  return message({ headers: headers.headers, folded }, { ...bodies, body });
}

/** What differs between two exchanges; what always differs is counted in `folded`. Pure. */
export function compareExchanges(base: Exchange, other: Exchange): ExchangeDiff {
  const request = compareRequests(base.request, other.request);
  const response = compareResponses(base, other);
  const ids = [base.correlationId, other.correlationId];
  return {
    base: base.id,
    other: other.id,
    status: [base.response?.status ?? null, other.response?.status ?? null],
    error: [base.error?.code ?? null, other.error?.code ?? null],
    request: {
      method: [base.request.method, other.request.method],
      url: [base.request.url, other.request.url],
      ...request.diff,
    },
    response: response?.diff ?? null,
    correlationIdDiffers: !ids.includes(null) && ids[0] !== ids[1],
    folded: request.folded + (response?.folded ?? 0),
  };
}
