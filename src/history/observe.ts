import { headerValue } from "../core/http.js";
import type { Exchange } from "../journal/journal.js";
import { subjectOf } from "../subject/subject-of.js";
import type { Operation, Version } from "./history.js";
import { type Registers, registersOf } from "./registers-of.js";

/** Which of a resource's tokens its requests go by. */
type TokenKind = "etag" | "version";

/** Statuses after which nobody knows whether the request was carried out: the server failed, or one in front of it. */
const UNKNOWN_FROM = 500;
const REQUEST_TIMEOUT = 408;

/** Refusals that say: what you named is not the current version. */
const OUTDATED: ReadonlySet<number> = new Set([409, 412]);

/** Methods that write to the resource of their URL. A POST makes another one, and has a key at most. */
const REGISTER_WRITES: ReadonlySet<string> = new Set(["PUT", "PATCH", "DELETE"]);

function isRead({ request }: Exchange): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

/** True, false, or null where it may have happened or not, at any later time. */
function outcomeOf({ response, error }: Exchange): boolean | null {
  if (response === null) return error?.phase === "connect" || error?.phase === "refused" ? false : null;
  const { status } = response;
  if (status >= UNKNOWN_FROM || status === REQUEST_TIMEOUT) return null;
  return status < 400;
}

function memberOf(body: string, name: string): unknown {
  if (!body.includes(name)) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined;
  } catch {
    return undefined;
  }
}

function answerMember({ response }: Exchange, name: string): Version | undefined {
  const value = response === null ? undefined : memberOf(response.body, name);
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}

function tokenSeen(exchange: Exchange, kind: TokenKind): Version | undefined {
  const token = kind === "etag" ? exchange.etag : exchange.version;
  return token === null ? undefined : String(token);
}

/** An id or place that the server made for a POST: what tells one effect from another. */
function madeByServer(exchange: Exchange): Version | undefined {
  if (exchange.request.method !== "POST") return undefined;
  const location = headerValue(exchange.response?.headers ?? [], "location");
  if (location !== null) return location;
  const id = answerMember(exchange, "id");
  return id === undefined || exchange.request.url.includes(String(id)) ? undefined : id;
}

/** 409 has many meanings. One that names a lock or a key says nothing of versions. */
function tellsOutdated(exchange: Exchange): boolean {
  const { response, idempotencyKey } = exchange;
  if (response === null || !OUTDATED.has(response.status)) return false;
  if (response.status === 412) return true;
  return idempotencyKey === null && !/lock|idempoten/i.test(response.body);
}

/** A resource goes by ETags where any request sends one, by versions where any body does; else by what is shown. */
function tokenKindOf(exchanges: readonly Exchange[]): TokenKind {
  if (exchanges.some(({ ifMatch }) => ifMatch !== null)) return "etag";
  const sent = exchanges.some((exchange) => subjectOf(exchange).tokenSent !== null);
  if (sent || exchanges.some(({ version }) => version !== null)) return "version";
  return "etag";
}

/** Two entity tags or more: the write is right from any of these states. */
const SEVERAL_TAGS = /"\s*,\s*(?:W\/)?"/;

/** What a request made or read. A new thing's token is the thing's own and may equal another's: a POST is told by its id. */
function versionOf(exchange: Exchange, kind: TokenKind): Version | undefined {
  return exchange.request.method === "POST" ? madeByServer(exchange) : tokenSeen(exchange, kind);
}

function resourceFor(exchange: Exchange, registers: Registers): string {
  const { method } = exchange.request;
  const isRegister = REGISTER_WRITES.has(method) || isRead(exchange);
  return isRegister ? registers.nameOf(exchange) : `${method} ${subjectOf(exchange).resource}`;
}

function toOperation(exchange: Exchange, kind: TokenKind, registers: Registers): Operation {
  const { role, tokenSent } = subjectOf(exchange);
  const { timings, response, request } = exchange;
  const ok = outcomeOf(exchange);
  const conditional = role === "compare-and-set" && tokenSent !== null && !SEVERAL_TAGS.test(tokenSent);
  const refusedByToken =
    conditional && ok === false && tellsOutdated(exchange) && !registers.isForeignToken(exchange);
  const seen = ok === true ? versionOf(exchange, kind) : undefined;
  const saw = refusedByToken ? tokenSeen(exchange, kind) : undefined;
  return {
    id: exchange.id,
    resource: resourceFor(exchange, registers),
    process: exchange.writer ?? "steps",
    call: timings.releasedMs ?? timings.startMs,
    ret: response === null ? null : timings.endMs,
    kind: isRead(exchange) ? "read" : conditional && ok !== false ? "cas" : refusedByToken ? "cas" : "write",
    ok,
    ...(conditional ? { expected: tokenSent } : {}),
    ...(seen === undefined ? {} : { version: seen }),
    ...(seen === undefined || request.method !== "POST" ? {} : { created: seen }),
    ...(saw === undefined ? {} : { saw }),
    ...(exchange.idempotencyKey === null
      ? {}
      : { key: `${request.method} ${request.url} ${exchange.idempotencyKey}` }),
    bodyDigest: request.bodySha256,
    ...(response === null ? {} : { status: response.status }),
  };
}

/**
 * What clients saw, as a history: reads, writes and compare-and-sets of resources, by the token that each resource goes
 * by. An answer without a token is a write whose version nobody told. Requests that never left are left out. Pure.
 */
export function observe(exchanges: readonly Exchange[]): readonly Operation[] {
  const sent = exchanges.filter(({ error }) => error?.phase !== "refused");
  const byResource = grouped(sent);
  const kinds = new Map([...byResource].map(([resource, all]) => [resource, tokenKindOf(all)] as const));
  const registers = registersOf(sent);
  return sent.map((exchange) =>
    toOperation(exchange, kinds.get(subjectOf(exchange).resource) ?? "etag", registers),
  );
}

function grouped(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly Exchange[]> {
  const groups = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const { resource } = subjectOf(exchange);
    const group = groups.get(resource);
    if (group === undefined) groups.set(resource, [exchange]);
    else group.push(exchange);
  }
  return groups;
}
