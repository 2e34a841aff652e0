import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { type Agent, request as httpsRequest, Agent as TlsAgent } from "node:https";
import type { TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import { describe, expect, test } from "vitest";
import { selfSignedCertificate } from "../../src/mock/self-signed.js";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { CALL_PARTICIPANT, holdSleeps, THING } from "./an-org.js";
import {
  END_HEADERS,
  END_STREAM,
  fields,
  frame,
  PREFACE,
  pseudoFields,
  readFrames,
  statusOf,
  TYPE,
} from "./http2-frames.js";
import {
  AUTHORITY,
  CERTIFICATE,
  open,
  raw,
  replyOf,
  type StreamOrg,
  statuses,
  withStreamOrg,
} from "./wires.js";

const EXECUTE = "/api/v2/integrations/actions/a1/execute";
const executions = async ({ send }: StreamOrg) => (await send("GET", "/api/v2/mock/executions")).json.total;

const NO_ERROR = 0;
const PROTOCOL_ERROR = 1;
const INTERNAL_ERROR = 2;
const CANCEL = 8;

describe("the certificate", () => {
  test("a self-signed one is for localhost, 127.0.0.1 and ::1, from a day ago for a year, and no authority", async () => {
    const made = new X509Certificate((await selfSignedCertificate()).cert);
    expect(made.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(made.ca).toBe(false);
    expect(Date.parse(made.validFrom)).toBeLessThan(Date.now() - 23 * 3_600_000);
    const days = (Date.parse(made.validTo) - Date.parse(made.validFrom)) / 86_400_000;
    expect(days).toBe(365);
    expect(made.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  });

  test("each start has a new key and a new serial number, or browsers would refuse the second", async () => {
    const [first, second] = await Promise.all([selfSignedCertificate(), selfSignedCertificate()]);
    expect(new X509Certificate(first.cert).serialNumber).not.toBe(
      new X509Certificate(second.cert).serialNumber,
    );
    expect(first.key).not.toBe(second.key);
  });

  test("a client that is told to trust it is satisfied", async () => {
    const certificate = await selfSignedCertificate();
    const mock = await startMock({ policy: presetPolicy("documented"), tls: certificate });
    const socket = connectTls({
      port: Number(new URL(mock.url).port),
      host: "localhost",
      ca: certificate.cert,
    });
    await once(socket, "secureConnect");
    expect(socket.authorized).toBe(true);
    socket.destroy();
    await mock.close();
  });

  test("one that cannot be used is said before anything listens", async () => {
    const other = (await selfSignedCertificate()).key;
    const start = (tls: { cert: string; key: string }) =>
      startMock({ policy: presetPolicy("documented"), tls });
    await expect(start({ ...CERTIFICATE, key: other })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(/^the certificate cannot be used: .*mismatch/),
    });
    await expect(start({ cert: "nonsense", key: "nonsense" })).rejects.toMatchObject({ code: "usage" });
  });
});

describe("one port, two protocols", () => {
  test.each([
    [["h2", "http/1.1"], "h2"],
    [["http/1.1"], "http/1.1"],
    [undefined, false],
  ])("a client that offers %j gets %s", (offered, chosen) =>
    withStreamOrg("documented", async ({ mock }) => {
      expect(mock.url).toMatch(/^https:/);
      const socket = open(mock.url, offered) as TLSSocket;
      await once(socket, "secureConnect");
      expect(socket.alpnProtocol).toBe(chosen);
      socket.destroy();
    }),
  );

  test("the same request has the same answer over both, but for what names the exchange", () =>
    withStreamOrg("rfc9110", async ({ mock, send }) => {
      await send("PUT", THING, { json: { a: 1 } });
      const over2 = await send("GET", THING);
      const over1 = await new Promise<{ status: number | undefined; headers: object; text: string }>(
        (resolve) => {
          const agent: Agent = new TlsAgent({ ca: AUTHORITY });
          const headers = { Authorization: `Bearer ${mock.token(null, "valid")}` };
          httpsRequest(`${mock.url}${THING}`, { agent, headers }, async (incoming) => {
            let text = "";
            for await (const chunk of incoming) text += chunk;
            const { connection, "keep-alive": keepAlive, ...rest } = incoming.headers;
            expect([connection, keepAlive]).toEqual(["close", undefined]);
            resolve({ status: incoming.statusCode, headers: rest, text });
          }).end();
        },
      );
      const id = "ININ-Correlation-Id".toLowerCase();
      const { ":status": status, ...headers } = over2.headers;
      expect({ ...Object.fromEntries(Object.entries(headers)), [id]: "" }).toEqual({
        ...over1.headers,
        [id]: "",
      });
      expect([status, over2.text]).toEqual([over1.status, over1.text]);
    }));

  test("HEAD and 204 have no body; a length is still told for HEAD", () =>
    withStreamOrg("documented", async ({ send }) => {
      await send("PUT", THING, { json: { a: 1 } });
      const head = await send("HEAD", THING);
      expect([head.status, head.text, head.headers["content-length"], head.code]).toEqual([200, "", "16", 0]);
      const control = await send("POST", "/__gcidem/reset", { json: {} });
      expect([control.status, control.text, control.code]).toEqual([204, "", 0]);
    }));

  test(
    "large answers that their client has not read yet refuse no other request",
    () =>
      withStreamOrg("documented", async ({ begin, send }) => {
        const text = "x".repeat(6_000_000);
        await send("PUT", THING, { json: { text } });
        const unread = [1, 2, 3].map(() => begin("GET", THING).end());
        await Promise.all(unread.map((stream) => once(stream, "response")));
        expect((await send("GET", "/api/v2/users/me")).status).toBe(200);
        const replies = await Promise.all(unread.map(replyOf));
        expect(replies.map(({ json }) => String(json.text).length)).toEqual(unread.map(() => text.length));
      }),
    20_000,
  );

  test("two If-Match lines are one list, as they are over HTTP/1.1; of Authorization the first counts", () =>
    withStreamOrg("rfc9110", async ({ mock, send }) => {
      const { headers } = await send("PUT", THING, { json: {} });
      const lines: [string, string][] = [
        ["authorization", `Bearer ${mock.token(null, "valid")}`],
        ["authorization", "Bearer of another"],
        ["if-match", '"not-this-one"'],
        ["if-match", String(headers.etag)],
        ["cookie", "a=1"],
        ["cookie", "b=2"],
      ];
      const socket = open(mock.url, ["h2"]);
      const payload = fields([...pseudoFields("PATCH", THING), ...lines]);
      const frames = readFrames(socket, (all) => statusOf(all, 1) !== null);
      socket.write(Buffer.concat([PREFACE, frame(TYPE.settings, 0)]));
      socket.write(frame(TYPE.headers, 1, { flags: END_HEADERS, payload }));
      socket.write(frame(TYPE.data, 1, { flags: END_STREAM, payload: Buffer.from('{"a":1}') }));
      expect(statusOf(await frames, 1)).toBe(200);
      socket.destroy();
      expect((await send("GET", THING)).json.a).toBe(1);
    }));

  test("what a policy sends back is made sendable: a key with a line break, a marker that is no header name", () =>
    withStreamOrg(
      {
        extends: "forum-lore",
        idempotency: { echo: true, replay: { marker: "not a header", where: "always" } },
      },
      async ({ mock, send }) => {
        const headers = { "idempotency-key": "k\u00e9y" };
        const echoed = await send("POST", EXECUTE, { json: {}, headers });
        expect([echoed.status, echoed.headers["idempotency-key"]]).toEqual([200, "k\u00e9y"]);
        const bytes = `POST ${EXECUTE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${mock.token(null, "valid")}\r\nIdempotency-Key: k2\r\nContent-Length: 2\r\n\r\n{}`;
        expect(statuses(await raw(mock.url, bytes, (text) => text.endsWith("}")))).toEqual([200]);
      },
    ));

  test("the control endpoints take :authority for the Host", () =>
    withStreamOrg("documented", async ({ send }) => {
      const trace = await send("GET", "/__gcidem/trace");
      expect([trace.status, trace.json]).toEqual([200, []]);
      const refused = await send("GET", "/__gcidem/trace", { headers: { ":authority": "evil.example" } });
      expect(refused.status).toBe(403);
    }));

  test("plain HTTP at the HTTPS port is hung up on, and the next client is served", () =>
    withStreamOrg("documented", async ({ mock, send }) => {
      const plain = mock.url.replace("https:", "http:");
      expect(await raw(plain, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).toBe("");
      expect((await send("GET", "/api/v2/users/me")).status).toBe(200);
    }));

  test("requests over HTTP/1.1 with TLS are pipelined, and a reset reaches the client below TLS", () =>
    withStreamOrg("documented", async ({ mock }) => {
      const get = `GET /api/v2/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${mock.token(null, "valid")}\r\n\r\n`;
      const two = await raw(mock.url, get + get, (text) => statuses(text).length === 2);
      expect(statuses(two)).toEqual([200, 200]);
      mock.arm({ kind: "reset-after" });
      const socket = open(mock.url);
      socket.write(get);
      const [error] = await once(socket, "error");
      expect(error).toMatchObject({ code: "ECONNRESET" });
    }));
});

describe("faults act on their stream", () => {
  const faulty = (kind: string, check: (org: StreamOrg) => Promise<void>): Promise<void> =>
    withStreamOrg("documented", async (org) => {
      org.mock.arm({ kind });
      await check(org);
      expect((await org.send("GET", "/api/v2/users/me")).status).toBe(200);
      expect(org.session.destroyed).toBe(false);
    });

  test.each([
    ["drop-response", INTERNAL_ERROR, 1],
    ["reset-after", INTERNAL_ERROR, 1],
    ["reset-before", INTERNAL_ERROR, 0],
    ["garbage", PROTOCOL_ERROR, 1],
  ])("%s: RST_STREAM with code %i, and %i effects", (kind, code, effects) =>
    faulty(kind, async (org) => {
      const lost = await org.send("POST", EXECUTE, { json: { a: 1 } });
      expect(lost).toMatchObject({ status: null, code });
      expect(org.last()).toMatchObject({ status: null, executed: effects === 1 });
      expect(await executions(org)).toBe(effects);
    }),
  );

  test("truncate: header fields, half of the body, RST_STREAM", () =>
    faulty("truncate", async (org) => {
      const cut = await org.send("POST", EXECUTE, { json: { a: 1 } });
      expect([cut.status, cut.code]).toEqual([200, INTERNAL_ERROR]);
      expect(cut.text.length).toBe(Math.ceil(Number(cut.headers["content-length"]) / 2));
      expect(org.last()).toMatchObject({ status: 200, cause: "response-lost", executed: true });
    }));

  test("wrong-length: the client calls the answer malformed, and may give up the whole connection", () =>
    withStreamOrg("documented", async (org) => {
      org.mock.arm({ kind: "wrong-length" });
      const wrong = await org.send("POST", EXECUTE, { json: { a: 1 } });
      expect(wrong.status).toBe(200);
      // Which of the two Node's client says depends on its version.
      expect([PROTOCOL_ERROR, INTERNAL_ERROR]).toContain(wrong.code);
      expect(org.last()).toMatchObject({ cause: "response-lost", executed: true });
    }));

  test("bad-gzip: what is said to be compressed is not", () =>
    faulty("bad-gzip", async (org) => {
      const reply = await org.send("POST", EXECUTE, { json: { a: 1 } });
      expect([reply.headers["content-encoding"], reply.json.executions, reply.code]).toEqual(["gzip", 1, 0]);
    }));

  test("slow-drip: the answer comes in eight pieces, a second apart on the mock's clock", () =>
    faulty("slow-drip", async (org) => {
      const before = org.clock.nowMs();
      expect((await org.send("POST", EXECUTE, { json: { a: 1 } })).json.executions).toBe(1);
      expect(org.clock.nowMs() - before).toBe(8_000);
    }));

  test("an answer without a body can be spoiled too", () =>
    faulty("truncate", async (org) => {
      const cut = await org.send("PATCH", CALL_PARTICIPANT, { json: { attributes: { a: "1" } } });
      expect([cut.status, cut.code, cut.text]).toEqual([202, INTERNAL_ERROR, "    "]);
    }));
});

describe("who hung up, and who wrote", () => {
  test.each([
    ["completes", 200, "stored-answer-returned", 1],
    ["releases", 200, "executed-twice", 2],
    ["sticks", 409, "key-stuck", 1],
  ] as const)(
    "a stream that its client resets while its request runs: the key %s",
    (onDisconnect, status, cause, effects) =>
      withStreamOrg(
        { extends: "forum-lore", idempotency: { onDisconnect }, latency: { base: "1ms" } },
        async (org) => {
          const headers = { "idempotency-key": "k1" };
          const sleeps = holdSleeps(org.clock);
          const leaving = org.begin("POST", EXECUTE, headers);
          leaving.end("{}");
          const left = replyOf(leaving);
          await sleeps.until(1);
          leaving.close(CANCEL);
          expect((await left).status).toBeNull();
          await sleeps.settle();
          sleeps.release();
          await sleeps.settle();
          sleeps.stop();
          const retry = await org.send("POST", EXECUTE, { text: "{}", headers });
          expect([retry.status, org.last().cause]).toEqual([status, cause]);
          expect(await executions(org)).toBe(effects);
        },
      ),
  );

  test("a stream that is reset before its body is whole has no effect, and blocks nobody", () =>
    withStreamOrg("documented", async (org) => {
      const half = org.begin("POST", EXECUTE, { "content-length": 100 });
      half.write("{");
      const left = replyOf(half);
      await org.send("GET", "/api/v2/users/me");
      half.close(CANCEL);
      await left;
      expect(await executions(org)).toBe(0);
      expect(org.mock.trace().filter(({ method }) => method === "POST")).toEqual([]);
    }));

  test("streams that overlap are different writers; one that follows another is the same", () =>
    withStreamOrg({ extends: "rfc9110", latency: { base: "1ms" } }, async (org) => {
      const made = await org.send("PUT", THING, { json: {} });
      const headers = { "if-match": String(made.headers.etag) };
      const sleeps = holdSleeps(org.clock);
      const racing = [1, 2].map((a) => org.send("PATCH", THING, { json: { a }, headers }));
      await sleeps.until(2);
      sleeps.release();
      sleeps.stop();
      const replies = await Promise.all(racing);
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 412]);
      expect(org.last()).toMatchObject({ status: 412, cause: "stale-etag", movedBy: "other-writer" });
    }));

  test("a client that sends one after another is one writer on one connection", () =>
    withStreamOrg("rfc9110", async (org) => {
      const made = await org.send("PUT", THING, { json: {} });
      const headers = { "if-match": String(made.headers.etag) };
      await org.send("PATCH", THING, { json: { a: 1 }, headers });
      expect((await org.send("PATCH", THING, { json: { a: 2 }, headers })).status).toBe(412);
      expect(org.last()).toMatchObject({ cause: "stale-etag", movedBy: "own-write" });
    }));

  test("writers that overlapped once stay apart, also where their writes do not meet", () =>
    withStreamOrg({ extends: "rfc9110", latency: { base: "1ms" } }, async (org) => {
      const made = await org.send("PUT", THING, { json: {} });
      const headers = { "if-match": String(made.headers.etag) };
      const sleeps = holdSleeps(org.clock);
      const reads = [org.send("GET", THING), org.send("GET", THING)];
      await sleeps.until(2);
      sleeps.release();
      await Promise.all(reads);
      const writes = [1, 2].map((a) => org.send("PATCH", THING, { json: { a }, headers }));
      await sleeps.until(2);
      sleeps.release();
      sleeps.stop();
      await Promise.all(writes);
      expect(org.last()).toMatchObject({ movedBy: "other-writer" });
    }));
});

describe("bad input over HTTP/2", () => {
  test("a body over 10 MB is refused by its announced length, and its stream alone ends", () =>
    withStreamOrg("documented", async (org) => {
      const large = org.begin("PUT", THING, { "content-length": 100 * 1024 * 1024 });
      const refused = await replyOf(large);
      expect([refused.status, refused.json.code, refused.code]).toEqual([
        413,
        "request.entity.too.large",
        NO_ERROR,
      ]);
      expect(org.last()).toMatchObject({ status: 413, cause: "invalid-request", executed: false });
      expect((await org.send("GET", "/api/v2/users/me")).status).toBe(200);
    }));

  test("and one that does not say how large it is, once it has become too large", () =>
    withStreamOrg("documented", async (org) => {
      const large = org.begin("PUT", THING);
      const reply = replyOf(large);
      const mebibyte = Buffer.alloc(1024 * 1024, 0x20);
      for (let sent = 0; sent < 100 && !large.closed; sent++) {
        await new Promise((resolve) => large.write(mebibyte, resolve));
      }
      expect((await reply).status).toBe(413);
      expect((await org.send("GET", "/api/v2/users/me")).status).toBe(200);
    }));

  test("100-continue is given where the body is wanted; any other expectation is refused", () =>
    withStreamOrg("documented", async (org) => {
      const wanted = org.begin("PUT", THING, { expect: "100-continue", "content-type": "application/json" });
      const reply = replyOf(wanted);
      await once(wanted, "continue");
      wanted.end("{}");
      expect((await reply).status).toBe(201);
      const unwanted = org.begin("PUT", THING, {
        expect: "100-continue",
        "content-length": 100 * 1024 * 1024,
      });
      let continued = false;
      unwanted.on("continue", () => {
        continued = true;
      });
      expect((await replyOf(unwanted)).status).toBe(413);
      expect(continued).toBe(false);
      const other = await org.send("PUT", THING, { json: {}, headers: { expect: "a miracle" } });
      expect([other.status, other.text]).toEqual([417, ""]);
    }));

  test("header fields beyond 16 KB: 431, without a body", () =>
    withStreamOrg("documented", async (org) => {
      const refused = await org.send("GET", THING, { headers: { "x-long": "y".repeat(20_000) } });
      expect([refused.status, refused.text, refused.code]).toEqual([431, "", NO_ERROR]);
    }));

  test("CONNECT: 405, this is no proxy", () =>
    withStreamOrg("documented", async (org) => {
      const tunnel = org.session.request({ ":method": "CONNECT", ":authority": "example.com:443" });
      const [headers] = await once(tunnel, "response");
      expect(headers[":status"]).toBe(405);
      expect((await org.send("GET", "/api/v2/users/me")).status).toBe(200);
    }));
});
