import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { get, request as startRequest } from "node:http";
import { describe, expect, test } from "vitest";
import { api, only, raw, rawApi, rawClient, recordTo } from "./recorded.js";

const CLOSE = "Connection: close\r\n\r\n";

/** An answer of a raw upstream, which then hangs up. */
function says(answer: string): (socket: { end: (text: string, encoding: "latin1") => unknown }) => void {
  return (socket) => void socket.end(answer, "latin1");
}

describe("a request through the recorder", () => {
  test("keeps its path, its lines, their order and case; only Host names the API", async () => {
    const upstream = await rawApi(says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    const { port } = await recordTo(upstream.url);
    const lines = [
      "PATCH /a/../b%7e?q=%20&q=+ HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      "X-ONE: 1",
      "x-two: a",
      "Idempotency-Key: k",
      "X-Two: b\xe9",
      "Content-Length: 2",
      "Connection: close",
    ];
    await raw(port, `${lines.join("\r\n")}\r\n\r\n{}`);
    const sent = [...lines];
    sent[1] = `Host: ${new URL(upstream.url).host}`;
    expect(upstream.heads[0]?.split("\r\n")).toEqual(sent);
  });

  test("loses the lines of its own connection, also those that Connection names", async () => {
    const upstream = await rawApi(says("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));
    const { port } = await recordTo(upstream.url);
    const lines = [
      "GET / HTTP/1.1",
      "Host: x",
      "Keep-Alive: timeout=5",
      "X-Hop: 1",
      "Proxy-Connection: keep-alive",
      "TE: gzip",
      "Connection: close, X-Hop",
    ];
    await raw(port, `${lines.join("\r\n")}\r\n\r\n`);
    expect(upstream.heads[0]?.split("\r\n").slice(2)).toEqual(["Connection: close"]);
  });

  test("is streamed: its first bytes arrive before its last are sent", async () => {
    const chunks: string[] = [];
    let first: (() => void) | null = null;
    const arrived = new Promise<void>((resolve) => {
      first = resolve;
    });
    const url = await api((request, response) => {
      request.on("data", (chunk) => {
        chunks.push(String(chunk));
        first?.();
      });
      request.on("end", () => response.end(JSON.stringify(request.rawTrailers)));
    });
    const { port } = await recordTo(url);
    const client = await rawClient(port);
    client.write(
      `POST / HTTP/1.1\r\nHost: x\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n${CLOSE}3\r\nabc\r\n`,
    );
    await arrived;
    client.write("2\r\nde\r\n0\r\nX-Sum: 9\r\n\r\n");
    expect(await client.all()).toContain('["X-Sum","9"]');
    expect(chunks.join("")).toBe("abcde");
  });

  test("has its head passed on although its body does not come yet", async () => {
    const url = await api((request, response) => {
      response.writeHead(401, { Connection: "close" }).end("no");
      request.resume();
    });
    const { port } = await recordTo(url);
    const client = await rawClient(port);
    client.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    expect(await client.until("no")).toMatch(/^HTTP\/1\.1 401 /);
  });

  test("that waits for 100 gets the API's own 100, or its refusal", async () => {
    const upstream = await rawApi((socket, head) => {
      if (head.startsWith("POST /no"))
        socket.end("HTTP/1.1 417 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      else if (head.startsWith("POST")) {
        socket.write("HTTP/1.1 100 Continue\r\n\r\n");
        socket.once("data", () =>
          socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        );
      }
    });
    const { port } = await recordTo(upstream.url);
    const head = `HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n${CLOSE}`;
    const client = await rawClient(port);
    client.write(`POST /yes ${head}`);
    await client.until("100 Continue");
    client.write("abcd");
    expect(await client.all()).toContain("200 OK");
    const refused = await rawClient(port);
    refused.write(`POST /no ${head}`);
    expect(await refused.until("417")).not.toContain("100 Continue");
    expect(upstream.heads[0]).toContain("Expect: 100-continue");
  });
});

describe("an answer through the recorder", () => {
  test("keeps its status, its reason, its lines, their order and case", async () => {
    const lines = [
      "X-B: 2",
      "set-cookie: a=1",
      "X-A: 1\xe9",
      "Set-Cookie: b=2",
      "Location: https://api.example/x",
    ];
    const answer = `HTTP/1.1 299 Very Odd\r\n${lines.join("\r\n")}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`;
    const upstream = await rawApi(says(answer));
    const { port } = await recordTo(upstream.url);
    expect(await raw(port, `GET / HTTP/1.1\r\nHost: x\r\n${CLOSE}`)).toBe(answer);
  });

  test("is streamed: its first bytes arrive before its last are sent", async () => {
    let finish: (() => void) | null = null;
    const url = await api((_request, response) => {
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write("first");
      finish = () => {
        response.addTrailers({ "X-Sum": "7" });
        response.end("last");
      };
    });
    const { port } = await recordTo(url);
    const client = await rawClient(port);
    client.write(`GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n`);
    const begun = await client.until("first");
    expect(begun).not.toContain("last");
    (finish as (() => void) | null)?.();
    const whole = await client.all();
    expect(whole).toMatch(/4\r\nlast\r\n0\r\nX-Sum: 7\r\n\r\n$/);
    expect(whole).toContain("Trailer: X-Sum");
  });

  test("to HEAD, and 204 and 304, has no body and says of it what the API says", async () => {
    const url = await api((request, response) => {
      if (request.url === "/none") response.writeHead(204).end();
      else if (request.url === "/same") response.writeHead(304, { ETag: '"1"' }).end();
      else response.writeHead(200, { "Content-Length": "12345" }).end();
    });
    const { port, stop } = await recordTo(url);
    const ask = (line: string): Promise<string> => raw(port, `${line} HTTP/1.1\r\nHost: x\r\n${CLOSE}`);
    expect(await ask("HEAD /")).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Length: 12345\r\n[\s\S]*\r\n\r\n$/);
    expect(await ask("GET /none")).toMatch(/^HTTP\/1\.1 204 [\s\S]*\r\n\r\n$/);
    expect(await ask("GET /same")).toMatch(/^HTTP\/1\.1 304 [\s\S]*ETag: "1"[\s\S]*\r\n\r\n$/);
    expect((await stop()).map(({ response }) => [response?.status, response?.body])).toEqual([
      [200, ""],
      [204, ""],
      [304, ""],
    ]);
  });

  test("of 5 MB arrives byte for byte, though less of it is kept", async () => {
    const bytes = randomBytes(5 << 20);
    const url = await api((request, response) => void request.pipe(response));
    const { url: through, stop } = await recordTo(url, { maxBodyBytes: 1_000 });
    const outgoing = startRequest(through, { method: "POST" });
    outgoing.end(bytes);
    const [incoming] = (await once(outgoing, "response")) as [AsyncIterable<Buffer>];
    const hash = createHash("sha256");
    for await (const chunk of incoming) hash.update(chunk);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
    const { request, response } = only(await stop());
    expect(request).toMatchObject({ body: "", missing: ["body"] });
    expect(response?.truncated).toBe(true);
    expect(Buffer.from(response?.body ?? "", "base64").length).toBe(1_000);
  });
});

describe("connections", () => {
  test("the API sees as many as the client has, used as often", async () => {
    const ports = new Set<number>();
    const url = await api((request, response) => {
      ports.add(request.socket.remotePort ?? 0);
      response.end(`answer to ${request.url}`);
    });
    const { port, stop } = await recordTo(url);
    for (const _ of [1, 2]) {
      const client = await rawClient(port);
      for (const nth of [1, 2, 3]) {
        client.write(`GET /${nth} HTTP/1.1\r\nHost: x\r\n\r\n`);
        await client.until(`answer to /${nth}`);
      }
      client.socket.destroy();
    }
    expect(ports.size).toBe(2);
    expect(await stop()).toHaveLength(6);
  });

  test("one that the API ends while it idles ends at the client too", async () => {
    const upstream = await rawApi((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      setImmediate(() => socket.end());
    });
    const { port } = await recordTo(upstream.url);
    const client = await rawClient(port);
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await client.all()).toMatch(/ok$/);
  });

  test("a thousand at once are all served and all recorded", async () => {
    const url = await api((request, response) => response.end(request.url));
    const { url: through, stop } = await recordTo(url);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const outgoing = get(`${through}/${index}`, { agent: false });
        const [incoming] = (await once(outgoing, "response")) as [AsyncIterable<Buffer>];
        let text = "";
        for await (const chunk of incoming) text += String(chunk);
        return text;
      }),
    );
    expect(new Set(answers).size).toBe(1_000);
    expect((await stop()).filter(({ response }) => response?.status === 200)).toHaveLength(1_000);
  });
});

describe("what is not passed on", () => {
  test("a WebSocket is refused with a reason, and written down", async () => {
    const url = await api((_request, response) => response.end("never"));
    const { port, stop, notes } = await recordTo(url);
    const asked = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    const answer = await raw(port, asked);
    expect(answer).toMatch(/^HTTP\/1\.1 501 Not Implemented/);
    expect(answer).toContain("application/problem+json");
    expect(answer).toContain("cannot be recorded");
    expect(notes).toHaveLength(1);
    expect(only(await stop()).error).toMatchObject({ code: "UPGRADE_REFUSED", phase: "refused" });
  });

  test("an offer to speak HTTP/2, as Java's own client makes it, is no reason to refuse", async () => {
    const upstream = await rawApi(
      says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
    );
    const { port } = await recordTo(upstream.url);
    const lines = "Upgrade: h2c\r\nHTTP2-Settings: AAEA\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n";
    const client = await rawClient(port);
    client.write(`GET / HTTP/1.1\r\nHost: x\r\n${lines}`);
    expect(await client.all()).toMatch(/ok$/);
    expect(upstream.heads[0]).not.toMatch(/settings|upgrade/i);
  });

  test.each([
    [
      "GET http://api.example/ HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n",
      421,
      /base URL, not as its proxy/,
    ],
    ["CONNECT api.example:443 HTTP/1.1\r\nHost: api.example\r\n\r\n", 421, /base URL, not as its proxy/],
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, /begin with http:\/\//],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, /HTTP\/2 without TLS/],
    ["hello\r\n\r\n", 400, /did not speak HTTP\/1\.1/],
  ])("%j: %i, and it is said what to do", async (bytes, status, note) => {
    const url = await api((_request, response) => response.end("never"));
    const { port, notes } = await recordTo(url);
    expect(await raw(port, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(only(notes)).toMatch(note);
  });
});
