import { expect, test } from "vitest";
import { foldNotes } from "../../src/report/terminal/races/fold-notes.js";

test("a note that every round repeats with another number is told once, with the largest", () => {
  const apart = (ms: string): string =>
    `the requests may have arrived up to ${ms} ms apart; HTTP/2 would help`;
  expect(foldNotes([apart("4.8"), "plain http", apart("12"), apart("4.0"), "plain http"])).toEqual([
    apart("12"),
    "plain http",
  ]);
});

test("notes that say different things stay", () => {
  expect(foldNotes(["HTTP/2 it is", "HTTP/1.1 it is not"])).toEqual(["HTTP/2 it is", "HTTP/1.1 it is not"]);
});
