import type { Random } from "../../src/core/random.js";
import { offeredRoutes } from "../../src/mock/routes.js";
import type { Policy } from "../../src/policy/policy.js";
import { createRandomBodies, type Dice, diceOf, STRINGS, UUIDS } from "./random-bodies.js";

/** A request as bytes, and what a reader of its answer has to know. */
export interface RandomRequest {
  readonly method: string;
  readonly bytes: Buffer;
  /** True where its body is larger than the server takes: the connection ends behind its answer. */
  readonly isHuge: boolean;
}

/** What requests are made of. */
export interface Ingredients {
  readonly random: Random;
  readonly policy: Policy;
  /** A good token; asked for each request, since a fault may expire it. */
  readonly token: () => string;
  /** ETags that the server gave lately; the sender adds to them. */
  readonly etags: readonly string[];
}

const METHODS = "GET PUT PATCH POST DELETE HEAD OPTIONS TRACE PROPFIND LOCK".split(" ");

const SEGMENTS = [
  ..."1 2 a1 me __proto__ constructor toString .. . % %zz %00 %2F %ff a%20b caf%C3%A9 * ~ a;b".split(" "),
  "x".repeat(600),
];

const QUERIES = [
  ..."version=1 expand=a,b % %zz = &&& a=1&a=2 idempotencyKey=k1 version=%C3%A9 flatten=false&key=%00 ?".split(
    " ",
  ),
  "",
  "x".repeat(2_000),
];

const KEYS = ["k1", "k2", '"k1"', '"', "k 1", "", " ", "é", "k".repeat(300), "k1, k2", "\t", "__proto__"];

const TAGS = [
  ...'* "1" "1-8303" W/"1-8303" 1-8303 " "" W/ "a","b" ,,, "a"b "é"'.split(" "),
  '"1", "2"',
  "\t",
  '"'.repeat(200),
  '"1", '.repeat(200),
];

const TYPES = [
  "application/json",
  "application/json; charset=utf-16",
  "application/scim+json",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "",
  "é",
];

const NAMES =
  "Accept X-HTTP-Method-Override X-Forwarded-For Via Cookie Origin Range TE Trailer Age Prefer __proto__ constructor X-Team Accept-Encoding If-Modified-Since ININ-Correlation-Id".split(
    " ",
  );

const WRONG_TOKENS = ["Bearer x", "Bearer ", "Basic YTpi", "é", "Bearer a, Bearer b"];

/** Large enough to be refused, and made once. */
const HUGE = Buffer.alloc(10 * 1024 * 1024 + 1, 0x20);

function headerLines({ chance, pick }: Dice, { random, token, etags }: Ingredients): readonly string[] {
  const lines: string[] = [];
  if (!chance(12)) lines.push(`Authorization: ${chance(15) ? pick(WRONG_TOKENS) : `Bearer ${token()}`}`);
  if (chance(2)) lines.push(`Content-Type: ${chance(3) ? pick(TYPES) : "application/json"}`);
  if (chance(2)) lines.push(`Idempotency-Key: ${chance(3) ? random.uuid() : pick(KEYS)}`);
  if (chance(3)) lines.push(`If-Match: ${etags.length > 0 && !chance(3) ? pick(etags) : pick(TAGS)}`);
  if (chance(20)) lines.push(`If-None-Match: ${pick(TAGS)}`);
  while (chance(4)) lines.push(`${pick(NAMES)}: ${pick(["", "1", "PUT", "é", ...STRINGS.slice(0, 4)])}`);
  return lines;
}

/** Chunks of random size, one in twenty with an extension, one body in twenty with trailers. */
function chunked(whole: Buffer, { below, chance }: Dice): Buffer {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < whole.length; ) {
    const piece = whole.subarray(offset, offset + 1 + below(Math.min(whole.length, 70_000)));
    parts.push(
      Buffer.from(`${piece.length.toString(16)}${chance(20) ? ";a=b" : ""}\r\n`),
      piece,
      Buffer.from("\r\n"),
    );
    offset += piece.length;
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${chance(20) ? "X-Trailer: 1\r\n" : ""}\r\n`)]);
}

/** Makes one request after another. Equal ingredients give equal requests. */
export function createRandomRequests(ingredients: Ingredients): () => RandomRequest {
  const { random, policy } = ingredients;
  const routes = offeredRoutes(policy);
  const dice = diceOf(random);
  const { below, chance, pick } = dice;
  const bodyFor = createRandomBodies(random, dice);
  const segment = (): string =>
    chance(6) ? pick(SEGMENTS) : chance(8) ? random.uuid() : pick([...UUIDS, "a1", "1"]);
  const word = (): string => (chance(2) ? segment() : pick(["api", "v2", "users", "oauth", "token"]));
  const unknownPath = (): string => `/${Array.from({ length: below(6) }, word).join("/")}`;

  return () => {
    const route = pick(routes);
    const isKnown = !chance(8);
    const method = isKnown && !chance(10) ? route.method : pick(METHODS);
    const path = isKnown ? route.template.replaceAll(/\{[^}]*\}/g, segment) : unknownPath();
    const target = `${chance(50) ? "http://api.example" : ""}${path}${chance(5) ? `?${pick(QUERIES)}` : ""}`;
    const isHuge = chance(4_000);
    const isRead = method === "GET" || method === "HEAD";
    const content = isHuge ? HUGE : isRead ? Buffer.alloc(0) : bodyFor(route.template);
    const isChunked = !isHuge && content.length > 0 && chance(5);
    const length = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${content.length}`;
    const head = [
      `${method} ${target} HTTP/1.1`,
      "Host: localhost",
      ...headerLines(dice, ingredients),
      length,
    ];
    const text = `${head.join("\r\n").replaceAll(/[^\t\r\n\x20-\xff]/g, "?")}\r\n\r\n`;
    const bytes = Buffer.concat([Buffer.from(text, "latin1"), isChunked ? chunked(content, dice) : content]);
    return { method, bytes, isHuge };
  };
}
