import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ATTRIBUTES, CONVERSATION, THING } from "../mock/an-org.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";
import { EXECUTE, withServers } from "./servers.js";

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.kill());

/** Texts that a script, a text protocol or a JSON reader of another language could take for something else. */
const TEXTS: readonly string[] = [
  "",
  "\u0000",
  "a\u0000b",
  "\\u0000",
  "\ud800",
  "\udc00\ud800",
  "\\ud800",
  "é",
  "日本語",
  "👩‍👩‍👧",
  "\r\n$3\r\nfoo",
  '"',
  "\\",
  "1:2",
  "null",
  "__proto__",
  "constructor",
  "toString",
  "*",
  "../x",
  "x".repeat(5_000),
];

const ASTRAL = "𝒳".repeat(1_000);

describe("what one server was sent comes back from the other as it was", () => {
  test("as names and values of members", () =>
    withServers(redis, {}, async (a, b) => {
      const entries = TEXTS.map((text, index) => [text === "" ? "empty" : text, TEXTS.at(-1 - index)]);
      const body = `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
      expect((await a.send("PUT", THING, { text: body })).status).toBe(201);
      const { text } = await b.send("GET", THING);
      const kept = Object.entries(JSON.parse(text) as object).filter(
        ([name]) => !["id", "version"].includes(name),
      );
      expect(kept).toEqual(entries);
    }));

  test("as attributes of a participant, over many writes", () =>
    withServers(redis, { policy: { extends: "documented" } }, async (a, b) => {
      for (const [index, name] of TEXTS.entries()) {
        const text = `{"attributes":{${JSON.stringify(name)}:${JSON.stringify(name)}}}`;
        expect((await (index % 2 === 0 ? a : b).send("PATCH", ATTRIBUTES, { text })).status).toBe(202);
      }
      const { json } = await b.send("GET", `/api/v2/conversations/${CONVERSATION}`);
      const [{ attributes }] = json.participants as [{ attributes: object }];
      expect(new Map(Object.entries(attributes))).toEqual(new Map(TEXTS.map((text) => [text, text])));
    }));

  test("as ids of things, unique names and parents", () =>
    withServers(
      redis,
      { policy: { unique: [{ on: "things.name" }], references: [{ on: "things" }] } },
      async (a, b) => {
        for (const text of TEXTS) {
          const path = `/api/v2/mock/things/${encodeURIComponent(`-${Buffer.from(text).toString()}`)}`;
          const body = JSON.stringify({ name: text, parentId: text });
          const made = await a.send("PUT", path, { text: body });
          expect([text.slice(0, 20), made.status]).toEqual([text.slice(0, 20), 201]);
          expect((await b.send("POST", "/api/v2/mock/things", { text: body })).status).toBe(409);
          expect((await b.send("GET", path)).json).toMatchObject({ name: text, parentId: text });
        }
      },
    ));

  test("as keys in a body and in a header", () =>
    withServers(
      redis,
      { policy: { idempotency: { carrier: "body key", maxLength: 10_000, lookup: "/keys/{key}" } } },
      async (a, b) => {
        for (const text of TEXTS.slice(1)) {
          const body = JSON.stringify({ key: text });
          const first = await a.send("POST", EXECUTE, { text: body });
          const second = await b.send("POST", EXECUTE, { text: body });
          expect([first.status, second.text, b.last().cause]).toEqual([
            200,
            first.text,
            "stored-answer-returned",
          ]);
        }
        expect((await b.send("GET", `/keys/${encodeURIComponent("日本語")}`)).json).toMatchObject({
          state: "completed",
        });
      },
    ));

  test("as a key of other letters in a header, which are bytes there", () =>
    withServers(redis, {}, async (a, b) => {
      for (const key of ["é", "ÿ\u0080", "a b", "a:b"]) {
        await a.send("POST", EXECUTE, { json: {}, key });
        await b.send("POST", EXECUTE, { json: {}, key });
        expect(b.last().cause).toBe("stored-answer-returned");
      }
    }));

  test("as a body of megabytes, whose answer is replayed byte for byte", () =>
    withServers(redis, {}, async (a, b) => {
      const text = JSON.stringify({ big: `${ASTRAL}\u0000`.repeat(600) });
      const first = await a.send("PUT", THING, { text, key: "k1" });
      const second = await b.send("PUT", THING, { text, key: "k1" });
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(second.text === first.text).toBe(true);
      expect(first.text.length).toBeGreaterThan(1_200_000);
    }));
});
