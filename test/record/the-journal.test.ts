import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { diagnoseRun } from "../../src/session/diagnose-recording.js";
import { api, only, rawClient, recordTo, workFolder } from "./recorded.js";

const TOKEN = "q7Jx0vTfWm4kZp9LrB2nCdY8";

describe("the journal of a recording", () => {
  test("holds no credential, whatever place it passed in, and the API got all of them", async () => {
    const seen: string[] = [];
    const url = await api((request, response) => {
      seen.push(String(request.headers.authorization), String(request.headers.cookie), request.url ?? "");
      response.setHeader("Set-Cookie", "session=5up3rS3cretSession; HttpOnly");
      response.end(JSON.stringify({ echo: request.headers.authorization, session: "5up3rS3cretSession" }));
    });
    const { url: through, stop, text } = await recordTo(url);
    const answer = await fetch(`${through}/x?token=${TOKEN}`, {
      method: "POST",
      body: JSON.stringify({ mine: TOKEN }),
      headers: { Authorization: `Bearer ${TOKEN}`, Cookie: "sid=c00kieValueXyz" },
    });
    expect(await answer.text()).toContain(TOKEN);
    expect(seen).toEqual([`Bearer ${TOKEN}`, "sid=c00kieValueXyz", `/x?token=${TOKEN}`]);
    const { request } = only(await stop());
    expect(request.headers).toContainEqual(["Authorization", expect.stringMatching(/^Bearer <secret:\d+>$/)]);
    expect(request.bodySha256).toMatch(/^hmac-sha256:/);
    for (const secret of [TOKEN, "5up3rS3cretSession", "c00kieValueXyz"])
      expect(text()).not.toContain(secret);
  });

  test("holds no caller's name or number where the platform may give it, and the client got both", async () => {
    const url = await api((_request, response) => {
      response.end('{"participants":[{"id":"p-1","name":"Anna Nguyen","address":"+13175550142"}]}');
    });
    const { url: through, stop, text } = await recordTo(url);
    const answer = await fetch(`${through}/api/v2/conversations/c-1`);
    expect(await answer.text()).toContain("Anna Nguyen");
    expect(only(await stop()).response?.body).toBe(
      '{"participants":[{"id":"p-1","name":"<personal:1>","address":"<personal:2>"}]}',
    );
    expect(text()).toContain('"redactedPersonal":2');
    for (const personal of ["Anna Nguyen", "3175550142"]) expect(text()).not.toContain(personal);
  });

  test("says what was sent where, as it went on to the API", async () => {
    const url = await api((_request, response) => {
      response.setHeader("ETag", '"7"');
      response.end('{"version":7}');
    });
    const { url: through, stop } = await recordTo(url);
    await fetch(`${through}/api/v2/x?a=1`, {
      method: "PATCH",
      body: '{"a": 1.0}',
      headers: { "Idempotency-Key": "k1", "If-Match": '"6"' },
    });
    const exchange = only(await stop());
    expect(exchange).toMatchObject({
      ...{ idempotencyKey: "k1", ifMatch: '"6"', etag: '"7"', version: 7 },
      request: { method: "PATCH", url: `${url}/api/v2/x?a=1`, body: '{"a": 1.0}' },
      response: { status: 200, httpVersion: "1.1", truncated: false },
    });
    expect(exchange.request.headers).toContainEqual(["host", new URL(url).host]);
  });

  test("has encoded answers decoded, and the client has them as they came", async () => {
    const packed = gzipSync('{"a":1}');
    const url = await api((request, response) => {
      response.writeHead(200, { "Content-Encoding": "gzip" });
      response.end(request.url === "/broken" ? "no gzip" : packed);
    });
    const { port, stop } = await recordTo(url);
    const client = await rawClient(port);
    client.write("GET /whole HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await client.all()).toContain(packed.toString("latin1"));
    const broken = await rawClient(port);
    broken.write("GET /broken HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await broken.all()).toContain("no gzip");
    expect((await stop()).map(({ response }) => response?.body)).toEqual(['{"a":1}', "no gzip"]);
  });

  test("knows which requests overlapped and which followed each other", async () => {
    const waiting: (() => void)[] = [];
    const url = await api((request, response) => {
      if (request.url === "/after") response.end();
      else {
        waiting.push(() => void response.end());
        if (waiting.length === 2) for (const answer of waiting) answer();
      }
    });
    const { url: through, stop } = await recordTo(url);
    await Promise.all([fetch(`${through}/one`), fetch(`${through}/other`)]);
    await fetch(`${through}/after`);
    const times = (await stop()).map(({ timings }) => timings);
    const [one, other, after] = times;
    const end = ({ endMs }: { readonly endMs: number | null } = { endMs: null }): number =>
      endMs ?? Number.NaN;
    expect(one?.startMs).toBeLessThan(end(other));
    expect(other?.startMs).toBeLessThan(end(one));
    expect(after?.startMs).toBeGreaterThan(Math.max(end(one), end(other)));
    for (const { startMs, sentMs, firstByteMs, endMs } of times)
      expect([startMs, sentMs, firstByteMs, endMs]).toEqual(
        [startMs, sentMs, firstByteMs, endMs].toSorted((a, b) => Number(a) - Number(b)),
      );
  });

  test("is explained like any other: a changed body under a used key", async () => {
    const url = await api((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += String(chunk);
      });
      request.on("end", () => {
        response.statusCode = body.includes("other") ? 409 : 201;
        response.end(JSON.stringify(response.statusCode === 409 ? { code: "conflict" } : { id: "o-1" }));
      });
    });
    const { url: through, stop, recorder } = await recordTo(url);
    for (const sku of ["this", "other"]) {
      const headers = { "Content-Type": "application/json", "Idempotency-Key": "k-1" };
      await fetch(`${through}/v1/orders`, { method: "POST", headers, body: JSON.stringify({ sku }) });
    }
    await stop();
    const diagnosed = diagnoseRun(recorder.run, { settlingFolder: workFolder() });
    const [section] = diagnosed.report.runs;
    expect(section?.diagnoses.map(({ cause, exchange }) => [cause, exchange])).toContainEqual([
      "key-reused-body-changed",
      "e2",
    ]);
    expect(section?.recording?.recordedBy).toMatch(/^gcidem record /);
    diagnosed.close();
  });
});
