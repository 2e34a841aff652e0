import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StubServer, startStub } from "./stub-server.js";
import { raw } from "./wires.js";

type Fields = readonly (readonly [name: string, value: string])[];

/** A request with these fields; the answer ends the connection. */
function get(fields: Fields): string {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `GET /a HTTP/1.1\r\nHost: x\r\n${lines}Connection: close\r\n\r\n`;
}

/** What a plain server of Node's makes of the same bytes. */
const latest: { headers: IncomingHttpHeaders | null } = { headers: null };
const nodes = createServer((request, response) => {
  latest.headers = request.headers;
  response.end();
});
let stub: StubServer;

beforeAll(async () => {
  stub = await startStub();
  nodes.listen(0, "127.0.0.1");
  await once(nodes, "listening");
});

afterAll(async () => {
  await stub.server.close();
  nodes.close();
});

async function readTwice(
  fields: Fields,
): Promise<readonly [mocks: IncomingHttpHeaders, nodes: IncomingHttpHeaders | null]> {
  const bytes = get(fields);
  await raw(stub.url, bytes);
  await raw(`http://127.0.0.1:${(nodes.address() as AddressInfo).port}`, bytes);
  return [stub.seen.at(-1)?.headers ?? {}, latest.headers];
}

describe("header fields over HTTP/1.1", () => {
  test("are found by their names in lower case, however they are spelled", async () => {
    const [headers] = await readTwice([
      ["IDEMPOTENCY-KEY", "k1"],
      ["if-match", '"1"'],
    ]);
    expect(headers).toMatchObject({ host: "x", "idempotency-key": "k1", "if-match": '"1"' });
  });

  test("that come twice are joined, or the first one counts, by the field's own rule", async () => {
    const [headers] = await readTwice([
      ["If-Match", '"1"'],
      ["IF-MATCH", '"2"'],
      ["Content-Type", "application/json"],
      ["content-type", "text/plain"],
    ]);
    expect(headers).toMatchObject({ "if-match": '"1", "2"', "content-type": "application/json" });
  });

  const name = fc.oneof(
    fc.constantFrom("Authorization", "authorization", "Cookie", "Set-Cookie", "X-Team", "x-team"),
    fc.constantFrom("constructor", "__proto__", "toString", "Date", "Age", "If-Match"),
    fc.integer({ min: 0, max: 60 }).map((number) => `X-Own-${number}`),
  );
  const fields = fc.array(fc.tuple(name, fc.constantFrom("a", "b", "")), { maxLength: 12 });

  test("are what Node makes of them, be there ever so many names", () =>
    fc.assert(
      fc.asyncProperty(fields, async (some) => {
        const [mocks, own] = await readTwice(some);
        expect(mocks).toEqual(own);
      }),
      { numRuns: 200 },
    ));
});
