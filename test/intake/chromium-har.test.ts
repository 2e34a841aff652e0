import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headerValue } from "../../src/core/http.js";
import { readHar } from "../../src/intake/read-har.js";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { diagnoseAll } from "../../src/session/diagnose-journal.js";
import { exchangesOfHar } from "../../src/session/from-har.js";
import { ATTRIBUTES, policyOf } from "../mock/an-org.js";
import { type Chromium, HAS_CHROMIUM, startChromium } from "./chromium.js";
import { exchangesIn, textOf } from "./recorders.js";

describe.skipIf(!HAS_CHROMIUM)("what a real Chromium exports", () => {
  let mock: Mock;
  let chromium: Chromium;
  let token: string;

  /** A PATCH of the page's own script, its answer read. */
  const patch = (tier: string): string =>
    `fetch(${JSON.stringify(ATTRIBUTES)}, {
      method: "PATCH",
      headers: {
        authorization: "Bearer ${token}",
        "content-type": "application/json",
        "idempotency-key": "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f",
      },
      body: JSON.stringify({ attributes: { tier: "${tier}" } }),
    }).then((answer) => answer.text().then(() => answer.status))`;

  beforeAll(async () => {
    mock = await startMock({ policy: policyOf({ extends: "forum-lore" }) });
    token = mock.token(null, "valid") ?? "";
    chromium = await startChromium(`${mock.url}/api/v2/users/me`);
    expect(await chromium.inPage(patch("gold"))).toBe(200);
    expect(await chromium.inPage(patch("silver"))).toBe(409);
  });

  afterAll(async () => {
    await chromium?.close();
    await mock?.close();
  });

  test("has the requests with their bodies, answers and times, in order", async () => {
    const recording = readHar(await chromium.exportHar({ sanitized: false }));
    expect(recording).toMatchObject({
      format: "HAR 1.2",
      timesKnown: true,
      bodiesExact: true,
      origins: [mock.url],
    });
    expect(recording.recordedBy).toMatch(/^WebInspector \d/);
    const writes = exchangesIn(recording).filter(({ request }) => request.method === "PATCH");
    expect(writes.map(({ response }) => response?.status)).toEqual([200, 409]);
    expect(writes.map(({ request }) => textOf(request.body))).toEqual([
      '{"attributes":{"tier":"gold"}}',
      '{"attributes":{"tier":"silver"}}',
    ]);
    for (const { times, response } of writes) {
      expect(times.endMs).toBeGreaterThan(times.sentMs ?? Number.POSITIVE_INFINITY);
      expect(response?.missing).toEqual([]);
    }
  });

  test("is explained: the key came again with another body", async () => {
    const exchanges = exchangesOfHar(await chromium.exportHar({ sanitized: true }));
    const refused = exchanges.find(({ response }) => response?.status === 409);
    const [first] = diagnoseAll(exchanges, exchanges.recording).diagnoses.filter(
      ({ exchange }) => exchange === refused?.id,
    );
    expect(first).toMatchObject({ kind: "refusal", cause: "key-reused-body-changed" });
  });

  test("with sensitive data has the token, and nothing that is made of it has", async () => {
    const har = await chromium.exportHar({ sanitized: false });
    expect(har).toContain(token);
    const exchanges = exchangesOfHar(har);
    expect(JSON.stringify(exchanges)).not.toContain(token);
    const write = exchanges.find(({ request }) => request.method === "PATCH");
    expect(headerValue(write?.request.headers ?? [], "authorization")).toBe("Bearer <secret:1>");
  });

  test("sanitized, as Chrome does by default, has none", async () => {
    const har = await chromium.exportHar({ sanitized: true });
    expect(har).not.toContain(token);
    const writes = exchangesIn(readHar(har)).filter(({ request }) => request.method === "PATCH");
    expect(writes.map(({ request }) => headerValue(request.headers, "authorization"))).toEqual([null, null]);
  });
});
