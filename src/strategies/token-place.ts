import { headerValue } from "../core/http.js";
import type { Policy } from "../policy/policy.js";
import { routePolicy } from "../policy/route-policy.js";
import type { Reply, Sent } from "./writer.js";

/** The token of what was read; null where the answer had none in the place that the server reads. */
type TokenIn = (reply: Reply, representation: Readonly<Record<string, unknown>>) => unknown;

/** How a client of a policy carries a token from a read to the write of an operation. */
export interface TokenPlace {
  readonly tokenIn: TokenIn;
  /** Puts the token into the request. */
  readonly place: (sent: Sent, token: unknown) => Sent;
}

/** For writes that carry none. */
export const NO_TOKEN: TokenPlace = { tokenIn: () => null, place: (sent) => sent };

function asRecord(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
}

const IF_MATCH: TokenPlace = {
  tokenIn: ({ headers }) => headerValue(headers, "ETag"),
  place: (sent, token) => ({ ...sent, headers: { ...sent.headers, "if-match": String(token) } }),
};

function memberToken(name: string): TokenIn {
  return (_reply, representation) => representation[name] ?? null;
}

/** Where the server looks first; a token that it does not look at is not sent. Pure. */
export function tokenPlaceOf(policy: Policy, method: "PATCH", path: string): TokenPlace {
  const { validator, readFrom } = routePolicy(policy, method, path).concurrency;
  const [source] = readFrom;
  if (source === undefined || validator.kind === "none") return NO_TOKEN;
  if (source.kind === "if-match") return IF_MATCH;
  const { kind, name } = source;
  if (kind === "query") {
    const member = "name" in validator ? validator.name : name;
    return {
      tokenIn: memberToken(member),
      place: (sent, token) => ({ ...sent, query: new URLSearchParams({ [name]: String(token) }).toString() }),
    };
  }
  return {
    tokenIn: memberToken(name),
    place: (sent, token) => ({ ...sent, body: { ...asRecord(sent.body), [name]: token } }),
  };
}

/** A request with a key in the place and the form that a policy reads. Pure. */
export function withKey(sent: Sent, key: string, policy: Policy): Sent {
  const { carrier, syntax } = routePolicy(policy, sent.method, sent.path).idempotency;
  const text = syntax === "bare" ? key : `"${key}"`;
  switch (carrier.kind) {
    case "header":
      return { ...sent, headers: { ...sent.headers, [carrier.name.toLowerCase()]: text } };
    case "query":
      return { ...sent, query: new URLSearchParams({ [carrier.name]: text }).toString() };
    case "body":
      return { ...sent, body: { ...asRecord(sent.body), [carrier.name]: text } };
  }
}
