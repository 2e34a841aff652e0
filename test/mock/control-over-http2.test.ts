import { connect } from "node:http2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { policyOf } from "./an-org.js";

let mock: Mock;

beforeAll(async () => {
  mock = await startMock({ policy: policyOf({ extends: "none" }), tls: true });
});

afterAll(() => mock.close());

/** The status of a control request, and the headers of its answer. */
function ask(
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const session = connect(mock.url, { rejectUnauthorized: false });
    session.on("error", reject);
    const stream = session.request({ ...headers });
    stream.on("error", reject);
    stream.on("response", (answer) => {
      resolve({ ...answer });
      stream.resume();
      stream.on("close", () => session.close());
    });
    stream.end(body);
  });
}

describe("the control endpoints over HTTP/2", () => {
  test("take orders", async () => {
    const order = { ":path": "/__gcidem/clock", ":method": "POST", "content-type": "application/json" };
    expect((await ask(order, '{"advance":"1h"}'))[":status"]).toBe(204);
    expect(mock.clock.nowMs()).toBeGreaterThanOrEqual(3_600_000);
  });

  test.each([
    [{ ":authority": "localhost:8443" }, 200],
    [{ ":authority": "[::1]" }, 200],
    [{ ":authority": "evil.example" }, 403],
    [{ host: "evil.example" }, 403],
    [{ origin: "https://127.0.0.1" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
  ])("with %j: %i", async (headers, status) => {
    expect((await ask({ ":path": "/__gcidem/trace", ...headers }))[":status"]).toBe(status);
  });

  test("a host that differs from the authority does not let anybody in", async () => {
    const both = { ":path": "/__gcidem/trace", ":authority": "evil.example", host: "localhost" };
    expect((await ask(both))[":status"]).not.toBe(200);
  });
});
