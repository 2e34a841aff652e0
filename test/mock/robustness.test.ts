import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { ATTRIBUTES, THING, withOrg } from "./an-org.js";

/** Sends bytes as they are and reads until the server ends the connection, or `enough` says so. */
function raw(
  url: string,
  bytes: string | readonly Buffer[],
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (enough(text)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
    for (const part of typeof bytes === "string" ? [bytes] : bytes) socket.write(part);
  });
}

describe("bad input", () => {
  test.each([
    ["cut short", '{"attributes":'],
    ["not JSON", "attributes=1"],
    ["two values", "{} {}"],
    ["nested beyond reason", "[".repeat(100_000)],
    [
      "nested beyond reason behind a string of brackets",
      `{"a":"[[[","b":${"[".repeat(600)}${"]".repeat(600)}}`,
    ],
  ])("a body that is %s gets the platform's 400", (_what, text) =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send("PATCH", ATTRIBUTES, { text });
      expect(refused.status).toBe(400);
      expect(refused.json).toMatchObject({
        code: "bad.request",
        message: "The request could not be understood by the server due to malformed syntax.",
      });
      expect(last()).toMatchObject({ cause: "invalid-request", executed: false });
    }),
  );

  test.each(["", "[]", '"text"', "null", "7"])("a body that is no object: %j", (text) =>
    withOrg("documented", async ({ send }) => {
      expect((await send("PUT", THING, { text })).status).toBe(400);
    }),
  );

  test("brackets inside strings are no nesting", () =>
    withOrg("documented", async ({ send }) => {
      const written = await send("PUT", THING, { json: { a: "[".repeat(2_000), b: '\\"{' } });
      expect(written.status).toBe(201);
    }));

  test("a form is not JSON: 415", () =>
    withOrg("documented", async ({ send }) => {
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      const refused = await send("PUT", THING, { text: "a=1", headers });
      expect([refused.status, refused.json.code]).toEqual([415, "unsupported.media.type"]);
    }));

  test("a body over 10 MB is refused before it is read: 413", () =>
    withOrg("documented", async ({ mock, last }) => {
      const head = `PUT ${THING} HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n`;
      const answer = await raw(mock.url, head, (text) => text.includes("request.entity.too.large"));
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(last()).toMatchObject({ status: 413, cause: "invalid-request", executed: false });
    }));

  test("and one that does not say how large it is, once it has become too large", () =>
    withOrg("documented", async ({ mock }) => {
      const head = `PUT ${THING} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`;
      const chunk = Buffer.concat([
        Buffer.from("100000\r\n"),
        Buffer.alloc(0x10_00_00, 0x20),
        Buffer.from("\r\n"),
      ]);
      const parts = [Buffer.from(head), ...Array.from({ length: 11 }, () => chunk)];
      const answer = await raw(mock.url, parts, (text) => text.includes("request.entity.too.large"));
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    }));

  test("bytes that are not HTTP get a 400 and the end of the connection; the next client is served", () =>
    withOrg("documented", async ({ mock, send }) => {
      expect(await raw(mock.url, "hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
      expect(await raw(mock.url, `GET / HTTP/1.1\r\nX: ${"y".repeat(20_000)}\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 431 /,
      );
      expect((await send("GET", "/api/v2/users/me")).status).toBe(200);
    }));

  test("pipelined requests are answered in their order", () =>
    withOrg("documented", async ({ mock }) => {
      const get = (path: string) =>
        `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${mock.token(null, "valid")}\r\n\r\n`;
      const bytes = get("/api/v2/users/me") + get("/nope") + get("/api/v2/mock/things");
      const answer = await raw(mock.url, bytes, (text) => text.endsWith('"total":0}'));
      expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual([
        "200",
        "404",
        "200",
      ]);
    }));

  test("a request line with a whole URL is taken by its path", () =>
    withOrg("documented", async ({ mock }) => {
      const bytes = "GET http://api.mypurecloud.com/api/v2/mock/things?a=b HTTP/1.1\r\nHost: x\r\n\r\n";
      const answer = await raw(mock.url, bytes, (text) => text.includes("\r\n\r\n"));
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(mock.trace().at(-1)?.path).toBe("/api/v2/mock/things");
    }));

  test("a client that hangs up is not waited for: the write is carried out", () =>
    withOrg("documented", async ({ mock, send }) => {
      const body = '{"a":1}';
      const bytes = `PUT ${THING} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${mock.token(null, "valid")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      const socket = connect(Number(new URL(mock.url).port), "127.0.0.1", () => socket.end(bytes));
      await new Promise((resolve) => socket.resume().once("close", resolve));
      expect((await send("GET", THING)).json).toEqual({ id: "1", a: 1 });
    }));
});

describe("starting and stopping", () => {
  test("a taken port is said, with what to do", async () => {
    const first = await startMock({ policy: presetPolicy("documented") });
    const port = Number(new URL(first.url).port);
    await expect(startMock({ policy: presetPolicy("documented"), port })).rejects.toMatchObject({
      code: "usage",
      message: `port ${port} on 127.0.0.1 is taken`,
      hint: expect.stringContaining("0 for any free one"),
    });
    await first.close();
  });

  test("close ends connections that are kept alive, at once", async () => {
    const mock = await startMock({ policy: presetPolicy("documented") });
    const idle = raw(mock.url, "GET /nope HTTP/1.1\r\nHost: x\r\n\r\n");
    await fetch(`${mock.url}/nope`);
    await mock.close();
    expect(await idle).toMatch(/^HTTP\/1\.1 404 /);
    await expect(fetch(mock.url)).rejects.toThrow();
  });

  test("it listens on loopback, and on IPv6 where told", async () => {
    const mock = await startMock({ policy: presetPolicy("documented"), host: "::1" });
    expect(mock.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${mock.url}/nope`)).status).toBe(404);
    await mock.close();
  });
});
