import { describe, expect, it } from "vitest";
import { judgeInvariant } from "../../src/check/judge-invariants.js";
import type { Exchange } from "../../src/journal/journal.js";
import { raced, roundOf } from "./raced.js";

const CONVERSATION = "http://127.0.0.1:1/api/v2/conversations/c1";
const ATTRIBUTES = `${CONVERSATION}/participants/p1/attributes`;

const read = (at: readonly [number, number], etag: string): Exchange =>
  raced({ method: "GET", url: CONVERSATION, writer: 1, at, answerHeaders: [["ETag", etag]] });

const write = (
  writer: number,
  at: readonly [number, number],
  more: Partial<Parameters<typeof raced>[0]>,
): Exchange =>
  raced({ method: "PATCH", url: ATTRIBUTES, writer, at, headers: [["If-Match", '"1"']], ...more });

describe("tokens of one conversation that come from two URLs", () => {
  it("may be two counters: that one of them stands still proves no stale read", () => {
    const round = roundOf([
      read([0, 1], '"1"'),
      write(0, [2, 3], { answerHeaders: [["ETag", '"2"']] }),
      read([4, 5], '"1"'),
    ]);
    expect(judgeInvariant("linearizable", round).holds).toBe(true);
  });

  it("may be one counter: that the one moves with the other is no version that nobody wrote", () => {
    const round = roundOf([
      read([0, 1], '"1"'),
      write(0, [2, 3], { answerHeaders: [["ETag", '"2"']] }),
      read([4, 5], '"2"'),
    ]);
    expect(judgeInvariant("linearizable", round).holds).toBe(true);
  });

  it("prove nothing where one was sent to the other's URL and refused", () => {
    const round = roundOf([read([0, 1], '"1"'), write(0, [2, 3], { status: 409 }), read([4, 5], '"1"')]);
    expect(judgeInvariant("linearizable", round).holds).toBe(true);
  });

  it("still prove two winners where one URL took both", () => {
    const winners = [
      write(0, [2, 4], { answerHeaders: [["ETag", '"2"']] }),
      write(1, [2, 4], { answerHeaders: [["ETag", '"3"']] }),
    ];
    const round = roundOf([read([0, 1], '"1"'), ...winners]);
    expect(judgeInvariant("one-winner", round)).toMatchObject({
      holds: false,
      evidence: winners.map(({ id }) => id),
    });
    expect(judgeInvariant("no-lost-update", round).holds).toBe(false);
  });
});

describe("tokens of what a POST made", () => {
  const order = (writer: number, key: string, id: string): Exchange =>
    raced({
      method: "POST",
      url: "http://127.0.0.1:1/orders",
      writer,
      at: [0, 5],
      headers: [["Idempotency-Key", key]],
      body: '{"sku":1}',
      answerHeaders: [["ETag", '"1"']],
      answer: JSON.stringify({ id }),
    });

  it("are equal where two new things begin at the same count: no version was made twice", () => {
    const round = roundOf([order(0, "k", "a"), order(1, "l", "b")]);
    expect(judgeInvariant("linearizable", round).holds).toBe(true);
  });

  it("hide no second thing under one key", () => {
    const round = roundOf([order(0, "k", "a"), order(1, "k", "b")]);
    expect(judgeInvariant("at-most-once", round).holds).toBe(false);
  });
});
