import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../src/core/random.js";
import type { Mock, TraceEntry } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { layOver } from "../../src/policy/lay-over.js";
import type { Policy } from "../../src/policy/policy.js";
import type { PolicyFile } from "../../src/policy/policy-file.js";
import { PRESET_NAMES } from "../../src/policy/preset-names.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { createRandomRequests, type RandomRequest } from "./random-requests.js";
import { open } from "./wires.js";

/** Another one finds other things: `GCIDEM_FUZZ_SEED=7 npx vitest run test/mock/fuzz.test.ts`. */
const SEED = Number(process.env.GCIDEM_FUZZ_SEED ?? 1);
const REQUESTS = 100_000;
const SOCKETS = 4;
const MOST_IN_ONE_WRITE = 20;

/** What a client gets back. */
interface Answer {
  readonly status: number;
  readonly head: string;
  readonly closes: boolean;
}

/** Reads one answer after another from a socket. */
function createReader(socket: Socket): (method: string) => Promise<Answer> {
  let rest: Buffer = Buffer.alloc(0);
  let wake: () => void = () => {};
  let isOver = false;
  const more = (): Promise<void> =>
    new Promise((resolve, reject) => {
      wake = () => (isOver ? reject(new Error("the connection ended before the answer")) : resolve());
      if (isOver) wake();
    });
  socket.on("error", () => {});
  socket.on("close", () => {
    isOver = true;
    wake();
  });
  socket.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    wake();
  });
  return async (method) => {
    let end = rest.indexOf("\r\n\r\n");
    for (; end === -1; end = rest.indexOf("\r\n\r\n")) await more();
    const head = rest.toString("latin1", 0, end);
    const status = Number(head.slice(9, 12));
    const length = method === "HEAD" ? 0 : Number(/\r\nContent-Length: (\d+)/i.exec(head)?.[1] ?? 0);
    while (rest.length < end + 4 + length) await more();
    rest = rest.subarray(end + 4 + length);
    return { status, head, closes: /\r\nConnection: close/i.test(head) };
  };
}

interface Fuzzed {
  readonly mock: Mock;
  readonly etags: string[];
  readonly allowed: readonly number[];
}

/** The bug behind an answer, as the mock tells it. */
function explain(mock: Mock, head: string): TraceEntry | undefined {
  const id = /\r\nININ-Correlation-Id: (\S+)/i.exec(head)?.[1];
  return mock.trace().findLast(({ correlationId }) => correlationId === id);
}

function check({ method, bytes }: RandomRequest, { status, head }: Answer, { mock, allowed }: Fuzzed): void {
  const fine =
    (status < 500 || allowed.includes(status)) && /\r\nININ-Correlation-Id: [0-9a-f-]{36}\r\n/i.test(head);
  if (fine) return;
  const sent = bytes.toString("latin1", 0, 2_000);
  throw new Error(
    `seed ${SEED}: ${method} was answered with ${status}\n${sent}\n${head}\n${JSON.stringify(explain(mock, head))}`,
  );
}

function remember(etags: string[], etag: string): void {
  etags.push(etag);
  if (etags.length > 50) etags.shift();
}

/** Sends some requests at a time, reads all their answers, and goes on until enough were sent. */
async function converse(
  fuzzed: Fuzzed,
  next: () => RandomRequest,
  how: { readonly random: Random; readonly count: number },
): Promise<number> {
  let socket = open(fuzzed.mock.url);
  let read = createReader(socket);
  let answered = 0;
  while (answered < how.count) {
    const batch: RandomRequest[] = [];
    do batch.push(next());
    while (batch.length <= how.random.uint32() % MOST_IN_ONE_WRITE && batch.at(-1)?.isHuge === false);
    socket.write(Buffer.concat(batch.map(({ bytes }) => bytes)));
    let closes = false;
    for (const request of batch) {
      const answer = await read(request.method);
      check(request, answer, fuzzed);
      const etag = /\r\nETag: (.*)/i.exec(answer.head)?.[1];
      if (etag !== undefined) remember(fuzzed.etags, etag);
      answered += 1;
      closes = answer.closes;
    }
    if (!closes) continue;
    socket.destroy();
    socket = open(fuzzed.mock.url);
    read = createReader(socket);
  }
  socket.destroy();
  return answered;
}

/** A policy, and what it may answer besides statuses below 500. */
interface Obeyed {
  readonly name: string;
  readonly policy: Policy;
  readonly allowed: readonly number[];
}

function variant(name: string, file: PolicyFile, allowed: readonly number[] = []): Obeyed {
  return { name, policy: layOver(presetPolicy(String(file.extends)), file, "test"), allowed };
}

const POLICIES: readonly Obeyed[] = [
  // Few would get past a rate limit: one policy shall do for all that have one.
  ...PRESET_NAMES.map((name) => variant(name, { extends: name, rateLimit: null })),
  variant("a rate limit", { extends: "documented", rateLimit: { perMinute: 300, retryAfter: true } }),
  variant("the life of the platform", {
    extends: "documented",
    churn: { every: "5ms", on: "conversations" },
    locks: { states: ["dialing", "alerting", "connected"], status: 409, code: "locked", for: "2ms" },
    terminal: { states: ["disconnected", "terminated"], status: 409 },
    unique: [{ on: "users.email", status: 409 }],
    references: [{ on: "groups", status: 409 }],
    permissions: { missingScope: 409 },
    rateLimit: null,
  }),
  variant("a middleware that rewrites", {
    extends: "forum-lore",
    rateLimit: null,
    front: { kind: "rewrite", what: "reserialise" },
    errors: "problem+json",
  }),
  variant("a middleware that remembers", {
    extends: "forum-lore",
    rateLimit: null,
    front: { kind: "cache", by: "key" },
    errors: "graphql",
  }),
  variant(
    "faults that answer",
    {
      extends: "forum-lore",
      rateLimit: null,
      faults: [
        { kind: "5xx-before", probability: 0.1 },
        { kind: "5xx-after", probability: 0.1, status: 500 },
        { kind: "429", probability: 0.1 },
        { kind: "duplicate-delivery", probability: 0.1 },
        { kind: "spurious-conflict", probability: 0.1 },
        { kind: "expire-token", probability: 0.01 },
      ],
    },
    [500, 503],
  ),
];

describe(`${REQUESTS} random requests, seed ${SEED}`, () => {
  test.each(POLICIES)(
    "$name: each is answered, none with a bug",
    async ({ name, policy, allowed }) => {
      const mock = await startMock({ policy, seed: SEED });
      const fuzzed: Fuzzed = { mock, etags: [], allowed };
      const share = Math.ceil(REQUESTS / POLICIES.length / SOCKETS);
      try {
        const answered = await Promise.all(
          Array.from({ length: SOCKETS }, (_, lane) => {
            const random = seededRandom(SEED, `${name} ${lane}`);
            const token = (): string => String(mock.token(null, "valid"));
            const next = createRandomRequests({ random, policy, token, etags: fuzzed.etags });
            return converse(fuzzed, next, { random, count: share });
          }),
        );
        for (const count of answered) expect(count).toBeGreaterThanOrEqual(share);
      } finally {
        await mock.close();
      }
    },
    60_000,
  );
});
