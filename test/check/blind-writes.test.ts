import { describe, expect, it } from "vitest";
import { judgeInvariant } from "../../src/check/judge-invariants.js";
import type { Exchange } from "../../src/journal/journal.js";
import { raced, roundOf } from "./raced.js";

type At = readonly [sentMs: number, answeredMs: number];

const write = (
  writer: number,
  at: At,
  sent: object,
  more: { answer?: string; query?: string } = {},
): Exchange =>
  raced({
    method: "PUT",
    writer,
    at,
    url: `http://127.0.0.1:1/api/v2/mock/things/1${more.query ?? ""}`,
    body: JSON.stringify(sent),
    answer: more.answer ?? "",
  });

const read = (writer: number, at: At, path = "things/1"): Exchange =>
  raced({ method: "GET", writer, at, url: `http://127.0.0.1:1/api/v2/mock/${path}` });

function isLost(exchanges: readonly Exchange[]): boolean {
  return judgeInvariant("no-lost-update", roundOf(exchanges)).holds === false;
}

describe("two acknowledged writes that set one member to different values", () => {
  it("lose one where the later writer had read before the earlier was sent", () => {
    const writes = [write(0, [2, 3], { tier: "a" }), write(1, [6, 7], { tier: "b" })];
    expect(isLost([read(1, [0, 1]), ...writes])).toBe(true);
  });

  it("prove nothing where that read was under way with the earlier write: it may have shown it", () => {
    const writes = [write(0, [2, 4], { tier: "a" }), write(1, [6, 7], { tier: "b" })];
    expect(isLost([read(1, [3, 5]), ...writes])).toBe(false);
  });

  it("prove nothing by what the writer had read of another thing", () => {
    const writes = [write(0, [2, 3], { tier: "a" }), write(1, [6, 7], { tier: "b" })];
    expect(isLost([read(1, [0, 1], "things/2"), ...writes])).toBe(false);
  });

  it.each(["resourceVersion", "_rev", "revision", "lock_version", "etag"])(
    "prove nothing where they name what they replace, as %s does",
    (name) => {
      const writes = [
        write(0, [0, 5], { tier: "a", [name]: "1" }),
        write(1, [1, 6], { tier: "b", [name]: "2" }),
      ];
      expect(isLost(writes)).toBe(false);
    },
  );

  it("prove nothing where the query names it", () => {
    const writes = [
      write(0, [0, 5], { tier: "a" }, { query: "?rev=1" }),
      write(1, [1, 6], { tier: "b" }, { query: "?rev=2" }),
    ];
    expect(isLost(writes)).toBe(false);
  });

  it("prove nothing where the server counts a member that was sent, whatever its name", () => {
    const writes = [
      write(0, [0, 5], { tier: "a", seq: 1 }, { answer: '{"tier":"a","seq":2}' }),
      write(1, [1, 6], { tier: "b", seq: 2 }, { answer: '{"tier":"b","seq":3}' }),
    ];
    expect(isLost(writes)).toBe(false);
  });
});
