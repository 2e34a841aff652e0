// Requests under keys, as the key engine sees them: writes of attributes to a few hundred participants.
import { randomUUID } from "node:crypto";

const PATHS = Array.from(
  { length: 300 },
  () => `/api/v2/conversations/calls/${randomUUID()}/participants/${randomUUID()}/attributes`,
);

/** Each key is a string of its own, as a parser makes it: none is a part of another that it would keep alive. */
function ownText(text) {
  return Buffer.from(text, "latin1").toString("latin1");
}

function answerTo(number) {
  const correlationId = ownText(randomUUID());
  const representation = {
    id: randomUUID(),
    state: "connected",
    purpose: "customer",
    attributes: { "queue-name": "support-tier-2", turn: String(number) },
    startTime: "2026-11-22T03:33:22.000Z",
    version: number,
  };
  return {
    status: 200,
    headers: [
      ["Content-Type", "application/json"],
      ["ETag", `"${number}-ab3f"`],
    ],
    body: JSON.stringify(representation),
    correlationId,
    resource: null,
  };
}

/** Executes and completes one request under a new key. */
export function execute({ engine, policy }, number) {
  const key = ownText(randomUUID());
  const body = Buffer.from(
    JSON.stringify({ attributes: { "queue-name": "support-tier-2", turn: String(number) } }),
  );
  const beginning = engine.begin(
    {
      method: "PATCH",
      path: PATHS[number % PATHS.length],
      query: "",
      header: (name) => (name === "idempotency-key" ? key : null),
      body,
      account: "default",
      principal: "default",
    },
    policy,
  );
  if (beginning.kind !== "execute") throw new Error(`expected execute, found ${beginning.kind}`);
  const ending = { outcome: "2xx", answer: answerTo(number), delivered: true, effect: true };
  return { claim: beginning.claim, ending };
}

/** Executes and completes `count` requests, a few hundred in each turn of the event loop. */
export async function fill(bench, count) {
  for (let number = 0; number < count; number++) {
    const { claim, ending } = execute(bench, number);
    bench.engine.complete(claim, ending, bench.policy);
    if (number % 500 === 0) await new Promise(setImmediate);
  }
}
