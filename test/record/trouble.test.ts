import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort } from "../servers/listening.js";
import { api, only, raw, rawApi, rawClient, recordTo, workFolder } from "./recorded.js";

const GET = "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/** What an answer's problem says of itself. */
function problemOf(answer: string): {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
} {
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))) as ReturnType<typeof problemOf>;
}

describe("an upstream in trouble: the client gets 502 and why, the journal that there was no answer", () => {
  test("nothing listens there", async () => {
    const { port, stop } = await recordTo(`http://127.0.0.1:${await freePort()}`);
    const answer = await raw(port, GET);
    expect(answer).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(problemOf(answer)).toMatchObject({ status: 502, code: "ECONNREFUSED" });
    expect(problemOf(answer).detail).toContain("nothing listens there");
    const { response, error } = only(await stop());
    expect([response, error?.code, error?.phase]).toEqual([null, "ECONNREFUSED", "connect"]);
  });

  test.each([
    ["it hangs up", "", "ECONNRESET"],
    ["it speaks garbage", "SSH-2.0-OpenSSH_9.6\r\n", "HPE_INVALID_CONSTANT"],
    ["its head is cut", "HTTP/1.1 200 OK\r\nContent-Le", "ECONNRESET"],
    ["its head is too long", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, "HPE_HEADER_OVERFLOW"],
  ])("%s", async (_what, bytes, code) => {
    const upstream = await rawApi((socket) => void socket.end(bytes));
    const { port, stop } = await recordTo(upstream.url);
    expect(problemOf(await raw(port, GET))).toMatchObject({ status: 502, code });
    expect(upstream.heads).toHaveLength(1);
    expect(only(await stop())).toMatchObject({ response: null, error: { code, phase: "response" } });
  });

  test("it resets the connection after a write: nothing is sent again, whatever the client does", async () => {
    const upstream = await rawApi((socket) => void socket.resetAndDestroy());
    const { port, stop } = await recordTo(upstream.url);
    const patch = 'PATCH /x HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{"a":1}';
    const client = await rawClient(port);
    client.write(patch);
    expect(await client.all()).toContain("may have been carried out or not");
    expect(upstream.heads).toHaveLength(1);
    const { request, error } = only(await stop());
    expect([request.body, error?.code]).toEqual(['{"a":1}', "ECONNRESET"]);
  });

  test("it breaks off in the middle of its answer: so does the client's, and it is no answer in the journal", async () => {
    const upstream = await rawApi(
      (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
    );
    const { port, stop } = await recordTo(upstream.url);
    expect(await raw(port, GET)).toMatch(/Content-Length: 9\r\n[\s\S]*half$/);
    expect(only(await stop())).toMatchObject({ response: null, error: { code: "ERR_BODY_LENGTH" } });
  });

  test("the connection that had idled is closed as the request comes: it is not sent twice", async () => {
    const upstream = await rawApi((socket, head) => {
      if (head.startsWith("GET /1")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      else socket.resetAndDestroy();
    });
    const { port, stop } = await recordTo(upstream.url);
    const client = await rawClient(port);
    client.write("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until("ok");
    client.write("POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    expect(await client.until("502")).toContain("ok");
    expect(upstream.heads).toHaveLength(2);
    const [, second] = await stop();
    expect(second?.error?.message).toContain("the connection had been kept from an earlier request");
  });
});

describe("a client in trouble", () => {
  test("one that hangs up before the answer ends the request at the API too", async () => {
    let ended: (() => void) | null = null;
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const upstream = await rawApi((socket) => socket.once("close", () => ended?.()));
    const { port, stop } = await recordTo(upstream.url);
    const client = await rawClient(port);
    client.write("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
    while (upstream.heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
    client.socket.destroy();
    await over;
    const { request, response, error } = only(await stop());
    expect([request.body, response, error?.phase]).toEqual(["{}", null, "aborted"]);
    expect(error?.message).toBe("the client hung up; the request was sent and nothing had come back");
  });

  test("one that hangs up in the middle of its own body: the body is not known, and not taken for what came", async () => {
    const upstream = await rawApi(() => undefined);
    const { port, stop } = await recordTo(upstream.url);
    const client = await rawClient(port);
    client.write("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\nhalf");
    while (upstream.heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
    client.socket.destroy();
    const { request, error } = only(await stop());
    expect(request).toMatchObject({ body: "", missing: ["body"] });
    expect(error?.phase).toBe("aborted");
  });

  test("one that hangs up while the answer comes: it did not have it, so there is none", async () => {
    const url = await api((_request, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("begin");
    });
    const { port, stop } = await recordTo(url);
    const client = await rawClient(port);
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until("begin");
    client.socket.destroy();
    await once(client.socket, "close");
    const { response, error } = only(await stop());
    expect(response).toBeNull();
    expect(error?.message).toBe("the client hung up; status 200 and 5 bytes of its body had come");
  });
});

describe("stopping", () => {
  test("lets what is under way be answered, and takes nothing new", async () => {
    let finish: (() => void) | null = null;
    const url = await api((_request, response) => {
      finish = () => void response.end("late");
    });
    const { port, stop } = await recordTo(url);
    const client = await rawClient(port);
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    while (finish === null) await new Promise((resolve) => setImmediate(resolve));
    const stopped = stop();
    const late = connect(port, "127.0.0.1");
    const [refusal] = (await once(late, "error")) as [NodeJS.ErrnoException];
    expect(refusal.code).toBe("ECONNREFUSED");
    (finish as () => void)();
    expect(await client.until("late")).toContain("200 OK");
    expect(only(await stopped).response?.body).toBe("late");
  });

  test("ends what is not answered in time, and says so", async () => {
    const upstream = await rawApi(() => undefined);
    const { port, stop } = await recordTo(upstream.url);
    const client = await rawClient(port);
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    while (upstream.heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const { error } = only(await stop(0));
    expect(error?.message).toContain("gcidem record was stopped");
  });
});

describe("a recorder that cannot begin", () => {
  test("two on one port: the second says so, and leaves no run behind", async () => {
    const url = await api((_request, response) => response.end());
    const first = await recordTo(url);
    const runsFolder = workFolder();
    const second = recordTo(url, { port: first.port, runsFolder });
    await expect(second).rejects.toMatchObject({
      code: "usage",
      message: `cannot listen on 127.0.0.1:${first.port}: the port is taken; nothing was recorded`,
      hint: expect.stringContaining("another recording may be running there"),
    });
    expect(readdirSync(runsFolder)).toEqual([]);
  });

  test("its own address as the API would be asked without end", async () => {
    const port = await freePort();
    await expect(recordTo(`http://localhost:${port}`, { port })).rejects.toMatchObject({ code: "usage" });
  });
});
