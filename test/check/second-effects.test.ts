import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayed, result, verdicts } from "./replayed.js";

const ETAGS =
  "policy: { extends: none, concurrency: { validator: etag-strong, tokenInWriteResponse: false } }\nworld: { things: [{ id: '1' }] }";

describe("replayOf, by what is read", () => {
  it("is open where another step wrote between the read and the repeat", async () => {
    const run = await replayed(
      `
- id: first
  request: PATCH /api/v2/mock/things/1
  json: { a: 1 }
- request: GET /api/v2/mock/things/1
- id: other
  request: PATCH /api/v2/mock/things/1
  json: { b: 1 }
- id: again
  repeat: first
  expect: { replayOf: first }
- request: GET /api/v2/mock/things/1
`,
      ETAGS,
    );
    expect(result(run, "again replayOf")).toMatchObject({ ok: null });
    expect(result(run, "again replayOf").note).toContain("e3");
  });

  it("is false where only the repeat can have moved it", async () => {
    const run = await replayed(
      `
- id: first
  request: PATCH /api/v2/mock/things/1
  json: { a: 1 }
- request: GET /api/v2/mock/things/1
- id: again
  repeat: first
  expect: { replayOf: first }
- request: GET /api/v2/mock/things/1
`,
      ETAGS,
    );
    expect(verdicts(run)).toEqual({ "again replayOf": false });
  });
});

describe("replayOf, by the answers", () => {
  let target = "";
  let version = 0;
  /** Carries everything out, and answers with the id of the one cart. */
  const server = createServer((_request, response) => {
    version += 1;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: "cart-1", items: version }));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it("does not take the id of what a PATCH changes for one that the server made anew", async () => {
    const run = await replayed(
      `
- id: first
  request: PATCH /cart
  json: { add: apple }
- id: again
  repeat: first
  expect: { replayOf: first }
`,
      "description: none",
      { target },
    );
    expect(verdicts(run)).toEqual({ "again replayOf": null });
  });

  it("holds where the token is the one that another step made meanwhile", async () => {
    const run = await replayed(
      `
- id: first
  request: PATCH /api/v2/mock/things/1
  idempotencyKey: k-1
  json: { a: 1 }
- id: other
  request: PATCH /api/v2/mock/things/1
  json: { b: 1 }
- id: again
  repeat: first
  expect: { replayOf: first }
`,
      "policy: { extends: forum-lore, idempotency: { replay: { content: current-state } } }\nworld: { things: [{ id: '1' }] }",
    );
    expect(verdicts(run)).toEqual({ "again replayOf": true });
  });
});

describe("a value that was captured before", () => {
  it("is forgotten where the newest answer lacks it, and nothing is sent with the old one", async () => {
    const run = await replayed(
      `
- id: read
  request: GET /api/v2/mock/things/1
  capture: { etag: header ETag }
- request: DELETE /api/v2/mock/things/1
  ifMatch: $(read.etag)
- id: write
  request: PUT /api/v2/mock/things/1
  ifMatch: $(read.etag)
  json: { a: 1 }
  retry: { on: [412], max: 3, reread: read }
  expect: { status: 412 }
`,
      "policy: rfc9110\nworld: { things: [{ id: '1' }] }",
    );
    const sent = [...run.exchanges].map(({ step, ifMatch }) => [step, ifMatch !== null]);
    expect(sent.filter(([step]) => step === "write")).toEqual([["write", true]]);
    expect(run.verdict).toBe("inconclusive");
  });
});

describe("a request that could not be made", () => {
  it("is not set beside the one that it repeats", async () => {
    const run = await replayed(`
- id: first
  request: POST /api/v2/mock/things
  json: { a: 1 }
- id: again
  repeat: first
  mutate: [{ patch: [{ op: replace, path: /nope, value: 1 }] }]
`);
    expect(run.diffs).toEqual([]);
    expect([...run.exchanges].map(({ error }) => error?.code ?? null)).toEqual([null, "ERR_MUTATION"]);
  });
});
