import { expect, test } from "vitest";
import { didYouMean } from "../../src/document/did-you-mean.js";

const fields = ["request", "repeat", "headers", "ifMatch", "idempotencyKey", "as"];

test.each([
  ["reqest", "request"],
  ["reuqest", "request"],
  ["if-match", "ifMatch"],
  ["idempotency_key", "idempotencyKey"],
  ["Header", "headers"],
  ["repaet", "repeat"],
])("%s most likely means %s", (typed, meant) => {
  expect(didYouMean(typed, fields)).toBe(meant);
});

test.each(["colour", "x", "", "zz", "r".repeat(10_000)])("%s is near to nothing", (typed) => {
  expect(didYouMean(typed, fields)).toBeNull();
});
