import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { emptyAnswer, jsonAnswer } from "../../src/mock/answer.js";
import { plainly } from "../../src/mock/outcome.js";
import type { Outcome } from "../../src/mock/passage.js";
import type { MockRequest } from "../../src/mock/request.js";
import { withStub } from "./stub-server.js";
import { open, raw, statuses } from "./wires.js";

const GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

function outcomeOf(answer: ReturnType<typeof jsonAnswer>): Outcome {
  return plainly({ answer, correlationId: "an-id", key: null, note: null, executed: true });
}

function put(body: string): string {
  return `PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** How many answers of the stub, which says how many bytes it read, are there as a whole. */
const answered = (count: number) => (text: string) => [...text.matchAll(/"bytes":\d+\}/g)].length === count;

const lengths = (seen: readonly MockRequest[]) => seen.map(({ body }) => body.length);

describe("answers", () => {
  test("name the length, and for how long the connection stays", () =>
    withStub({}, async ({ url }) => {
      const [head, body] = (await raw(url, GET, answered(1))).split("\r\n\r\n");
      expect(body).toBe('{"method":"GET","path":"/a","bytes":0}');
      expect(head?.split("\r\n").map((line) => line.replace(/^Date: .+ GMT$/, "Date"))).toEqual([
        "HTTP/1.1 200 OK",
        "Date",
        "ININ-Correlation-Id: an-id",
        "Strict-Transport-Security: max-age=600; includeSubDomains",
        "Cache-Control: no-cache, no-store, must-revalidate",
        "Pragma: no-cache",
        "Expires: 0",
        "Content-Type: application/json",
        "Content-Length: 38",
        "Connection: keep-alive",
        "Keep-Alive: timeout=65",
      ]);
    }));

  test("have the same headers where their text is not ASCII", () => {
    const answer = jsonAnswer(200, "an-id", { name: "Zoë 🐢" });
    const handle = (asked: MockRequest) => (asked.path === "/turtle" ? outcomeOf(answer) : null);
    return withStub({ handle }, async ({ url }) => {
      const namesOf = (text: string) => text.split("\r\n").map((line) => line.split(":")[0]);
      const [plain = ""] = (await raw(url, GET, answered(1))).split("\r\n\r\n");
      const turtle = await raw(url, GET.replace("/a", "/turtle"), (text) => text.endsWith('"}'));
      const [head = "", body = ""] = turtle.split("\r\n\r\n");
      expect(namesOf(head)).toEqual(namesOf(plain));
      expect(Buffer.from(body, "latin1").toString()).toBe('{"name":"Zoë 🐢"}');
      expect(head).toContain(`Content-Length: ${body.length}\r\n`);
    });
  });

  test("say headers that HTTP cannot say as they are in another way", () => {
    const answer = emptyAnswer(200, "an-id", [
      ["X-Key", "a\r\nX-Forged: 1"],
      ["not a name", "1"],
    ]);
    return withStub({ handle: () => outcomeOf(answer) }, async ({ url }) => {
      const text = await raw(url, GET, (got) => got.endsWith("\r\n\r\n"));
      expect(text).toContain("\r\nX-Key: a%0D%0AX-Forged: 1\r\n");
      expect(text).not.toContain("not a name");
    });
  });

  test.each([204, 304])("with status %i have no length and no body", (status) => {
    const handle = ({ path }: MockRequest) =>
      path === "/none" ? outcomeOf(emptyAnswer(status, "an-id")) : null;
    return withStub({ handle }, async ({ url }) => {
      const text = await raw(url, GET.replace("/a", "/none") + GET, answered(1));
      expect(statuses(text)).toEqual([status, 200]);
      expect(text.slice(0, text.indexOf("\r\n\r\n"))).not.toContain("Content-Length");
    });
  });

  test("to HEAD have the length of the body that they leave out", () =>
    withStub({}, async ({ url }) => {
      const text = await raw(url, GET.replace("GET", "HEAD"), (got) => got.endsWith("\r\n\r\n"));
      expect(text).toMatch(/\r\nContent-Length: 39\r\n/);
    }));

  test("end the connection where the client asks for it", () =>
    withStub({}, async ({ url }) => {
      const text = await raw(url, GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
      expect(text).toMatch(/\r\nConnection: close\r\n/);
      expect(text).not.toContain("Keep-Alive");
    }));

  test("that are out let nobody wait: that the client leaves then is told to no request", () => {
    const left: string[] = [];
    const handle = (asked: MockRequest) => {
      asked.onGone(() => left.push(asked.path));
      return null;
    };
    return withStub({ handle }, async ({ url, held }) => {
      await raw(url, GET, answered(1));
      const socket = open(url);
      socket.write(GET.replace("/a", "/wait"));
      await held(1);
      socket.destroy();
      await raw(url, GET, answered(1));
      await expect.poll(() => left).toEqual(["/wait"]);
    });
  });
});

describe("bodies", () => {
  test("in pieces of any size are read whole", () =>
    withStub({}, async ({ url, seen }) => {
      const sent = request(`${url}/a`, { method: "PUT" });
      for (const piece of ["{", '"a":', "1", "}".padEnd(40_000)]) sent.write(piece);
      sent.end();
      const [response] = await once(sent, "response");
      response.resume();
      await once(response, "end");
      expect(lengths(seen)).toEqual([40_006]);
    }));

  test("of pipelined requests go to their own request, be they there before its turn or after", () =>
    withStub({}, async ({ url, seen }) => {
      const text = await raw(
        url,
        put("1") + put("") + put("333") + GET + put("x".repeat(70_000)),
        answered(5),
      );
      expect(statuses(text)).toEqual([200, 200, 200, 200, 200]);
      expect(lengths(seen)).toEqual([1, 0, 3, 0, 70_000]);
    }));

  test("that were read whole leave their room to others, on one connection and on many", () => {
    const limits = { smallBodyBytes: 10, allBodiesBytes: 100 };
    return withStub({ limits }, async ({ url }) => {
      const bytes = put("x".repeat(60)).repeat(5);
      expect(statuses(await raw(url, bytes, answered(5)))).toEqual([200, 200, 200, 200, 200]);
      expect(statuses(await raw(url, bytes, answered(5)))).toEqual([200, 200, 200, 200, 200]);
    });
  });
});
