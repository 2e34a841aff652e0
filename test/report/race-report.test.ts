import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InvariantResult } from "../../src/check/check.js";
import type { Exchange } from "../../src/journal/journal.js";
import type { RunSection } from "../../src/report/report.js";
import { reproductionOf } from "../../src/report/reproduction.js";
import type { TerminalOptions } from "../../src/report/terminal/look.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { MOST_ROWS } from "../../src/report/terminal/row-list.js";
import { raced, raceStep, type Wave } from "./build-race.js";
import { reportOf, runOf, uuidOf } from "./build-report.js";
import * as races from "./race-fixtures.js";

/** Many documents are rendered; a busy machine takes its time. */
const PATIENCE_MS = 60_000;

const PLAIN: TerminalOptions = { columns: 100, color: false, unicode: true, verbose: false };

function rendered(run: RunSection, options: Partial<TerminalOptions> = {}): string {
  return [...renderTerminal(reportOf(run), { ...PLAIN, ...options })].join("");
}

/** The same text with its line breaks undone. */
function flat(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** A wave that the first writer wins. */
function contested(more: Partial<Wave> = {}): Wave {
  return {
    ...{ name: "write", request: "PUT /x", releasedAt: 0 },
    leg: (writer) => ({
      ...{ took: 1 + writer / 10, status: writer === 0 ? 200 : 409 },
      answerHeaders: [["ININ-Correlation-Id", uuidOf(`w${writer}`)]],
    }),
    ...more,
  };
}

describe("an invariant that held", () => {
  const heldFor = (rounds: number): string => {
    const holds: InvariantResult = {
      ...{ step: "writers", name: "no-lost-update", holds: true, rounds, violatedRounds: [], evidence: [] },
      ...{ explanation: "", at: { file: "f.yaml", line: 1, column: 1 } },
    };
    return flat(
      rendered(
        runOf({
          ...{ name: "held", ...raced(20, [contested()]), steps: [raceStep(20, ["write"])] },
          invariants: [holds],
        }),
      ),
    );
  };

  test("is told with what was done to break it, and how often it may still break", () => {
    expect(heldFor(50)).toContain(
      "no-lost-update: a violation was not seen in 50 rounds of 20 writers (95 % sure: in fewer than 5.8 % of rounds)",
    );
  });

  test("says how little one round is", () => {
    expect(heldFor(1)).toContain("not seen in 1 round of 20 writers (one round says little:");
  });

  test("is never called safe", () => {
    expect(heldFor(50)).not.toMatch(/\bsafe\b/i);
  });
});

describe("a violated invariant", () => {
  const text = rendered(races.lostUpdate());

  test("comes first in the headline", () => {
    expect(text).toMatch(/^VIOLATED no-lost-update, one-winner {3}Two are told that they won$/m);
  });

  test("is a story of numbered lines with times and exchanges", () => {
    expect(flat(text)).toContain(
      '1. #4 PUT by writer 0, sent at 5.02 ms with If-Match "7", was acknowledged with version 8 at 8.22 ms' +
        ' 2. #6 PUT by writer 2, sent at 5.02 ms with If-Match "7", was acknowledged with version 9 at 9.62 ms',
    );
  });

  test("marks the lanes of its story", () => {
    expect(text).toMatch(/^ {2}w0 .*#4 lost update$/m);
    expect(text).toMatch(/^ {2}w2 .*#6 lost update$/m);
  });

  test("is among the correlation IDs even where many answers came before", () => {
    const run = races.fiftyRounds();
    const late = {
      ...run,
      invariants: run.invariants.map((each) => ({ ...each, evidence: ["e397", "e400"] })),
    };
    expect(rendered(late)).toMatch(/409 {2}[\da-f-]{36} {2}#400/);
  });
});

describe("expectations of writers", () => {
  test("that failed alike are one finding, with one answer and one curl line", () => {
    const text = rendered(races.sameKey());
    expect(text).toContain("FAIL  `writers/send`, #2, #3, #5, #6, …: 13 of 20 writers");
    expect(text.match(/curl -i/g)).toHaveLength(1);
  });

  test("that held are folded too where they are shown", () => {
    expect(flat(rendered(races.readThenWrite(), { verbose: true }))).toContain(
      "`writers/write` 10 of 10 writers: expected status 200 or 409 (scenarios/races/example.yaml:17:15), got 409 (9×), got 200 (1×)",
    );
  });

  test("about statuses say which step, and in which rounds they failed", () => {
    const text = flat(rendered(races.fiftyRounds()));
    expect(text).toContain("FAIL `writers`: 7 of 50 rounds (rounds 3, 10, 17, 24, 31, 38, 45)");
    expect(text).toContain("expected statuses of `write` 200: 1, 409: 3");
  });

  test("of which one stands for all rounds say in which round that was", () => {
    const run = races.fiftyRounds();
    const expectations = run.expectations.filter(({ round }) => round === 10);
    expect(rendered({ ...run, expectations })).toContain("FAIL  `writers`: first in round 10");
  });

  test("that one result sums up say how many of the writers, answers or rounds it stands for", () => {
    const among = { judged: 20, failed: 13, undecided: 0 };
    const run = races.sameKey();
    const one = run.expectations.filter(({ ok }) => ok === false).slice(0, 1);
    const expectations = one.map((each) => ({ ...each, among }));
    expect(rendered({ ...run, expectations })).toContain("FAIL  `writers/send`, #2: 13 of 20 writers");
    const many = { ...run, expectations, reproduction: reproductionOf(50, [1]) };
    expect(rendered(many)).toContain("FAIL  `writers/send`, #2: 13 of 20 answers, first in round 1");
  });

  test("with a value of its own for each writer show the first few", () => {
    const { sent, races: records } = raced(6, [contested()]);
    const expectations = sent.map((each, index) => ({
      ...{ step: each.step, line: 3, exchange: `e${index + 1}`, what: "json $.tier", ok: false },
      ...{ expected: `tier-${index}`, actual: "tier-0" },
    }));
    const text = flat(
      rendered(
        runOf({ name: "own values", sent, races: records, steps: [raceStep(6, ["write"])], expectations }),
      ),
    );
    expect(text).toContain('expected json $.tier "tier-2"');
    expect(text).not.toContain('"tier-3"');
    expect(text).toContain("… 3 more like these, each with its own value");
  });
});

describe("many rounds", () => {
  const text = rendered(races.fiftyRounds());

  test("say how often a conflict came back, and when", () => {
    const run = races.fiftyRounds();
    const hitRounds = Array.from({ length: 24 }, (_, index) => 2 * index + 3);
    const more = { ...run, invariants: [], reproduction: reproductionOf(50, hitRounds) };
    expect(flat(rendered(more))).toContain(
      "409 in 24 of 50 rounds (48 %, 95 % interval 35-61 %); rounds 3, 5, 7, 9, 11, 13, 15, 17, …",
    );
  });

  test("show the first one and the first with a violation, and count the rest", () => {
    expect(text.match(/^ {2}round \d+.*$/gm)).toEqual([
      "  round 1, the first with a conflict",
      "  round 3, the first with a violation",
    ]);
    expect(text).toContain("… 48 more rounds in the JSON report");
  });

  test("show no other rounds in the table", () => {
    expect(text.match(/^.*in the JSON report$/gm)).toEqual([
      expect.stringMatching(/^ +round 2 +in the JSON report$/),
      expect.stringMatching(/^ +rounds 4-50 +in the JSON report$/),
      "  … 48 more rounds in the JSON report",
      expect.stringContaining("more answers in the JSON report"),
    ]);
  });

  test("are read once, exchange by exchange, and only the proof is looked up again", () => {
    const run = races.fiftyRounds();
    const [kept, looked] = [[...run.exchanges], [] as string[]];
    let passes = 0;
    const exchanges = {
      *[Symbol.iterator](): Generator<Exchange> {
        passes += 1;
        yield* kept;
      },
    };
    const exchange = (id: string): Exchange => {
      looked.push(id);
      return run.exchange(id);
    };
    expect(rendered({ ...run, exchanges, exchange })).toBe(text);
    expect(passes).toBe(1);
    expect(new Set(looked)).toEqual(new Set(["e21", "e23"]));
  });
});

describe("the table of a race", () => {
  test("has one row for each of its steps, however many writers and attempts there were", () => {
    const { sent, races: records } = raced(300, [contested({ name: "look" }), contested({ releasedAt: 90 })]);
    const run = runOf({ name: "many", sent, races: records, steps: [raceStep(300, ["look", "write"])] });
    const rows = rendered(run).match(/^ +\d+-\d+ {2}writers\/.*$/gm) ?? [];
    expect(rows.map((row) => row.trim().replace(/ {2,}/g, "  "))).toEqual([
      "1-300  writers/look ×300  PUT /x  299× 409, 1× 200  1.0-30.9",
      "301-600  writers/write ×300  PUT /x  299× 409, 1× 200  1.0-30.9",
    ]);
    expect(rows.length).toBeLessThan(MOST_ROWS);
  });

  test("says which writers left a step out, and why", () => {
    const { sent, races: records } = raced(4, [contested()]);
    const reason = "writers 1, 2, 3: $(look.etag) was not captured";
    const skipped = [{ step: "writers/write", round: 1, reason }];
    const run = runOf({ name: "skips", sent, races: records, steps: [raceStep(4, ["write"])], skipped });
    expect(flat(rendered(run))).toContain(`writers/write skipped: ${reason}`);
  });

  test("counts the time of a held request from its release", () => {
    const { sent, races: records } = raced(2, [contested()]);
    const waiting = sent.map((each) => ({ ...each, at: { ...each.at, start: 0 } as typeof each.at }));
    const run = runOf({
      name: "held",
      sent: waiting as typeof sent,
      races: records,
      steps: [raceStep(2, ["write"])],
    });
    expect(rendered(run)).toContain("1.0-1.1");
  });
});

describe("a race that could not be formed", () => {
  const text = flat(rendered(races.notFormed()));

  test("is inconclusive, and says why and what helps", () => {
    expect(text).toContain("INCONCLUSIVE the race could not be formed");
    expect(text).toContain("no two requests of write were under way at the same time");
    expect(text).toContain("What helps: a target that speaks HTTP/2");
  });

  test("for want of any answer advises no other way of sending", () => {
    const run = races.notFormed();
    const { exchanges } = run.counts;
    const unanswered = flat(rendered({ ...run, counts: { ...run.counts, failures: exchanges } }));
    expect(unanswered).toContain("What helps: a target that answers: no request of this run was answered");
    expect(unanswered).not.toContain("a target that speaks HTTP/2");
  });

  test("makes nothing of what held meanwhile", () => {
    expect(text).toContain(
      "one-winner: a violation was not seen, which says nothing: the race was not formed",
    );
  });
});

test(
  "whatever a scenario calls its steps and a server its versions, nothing drives the terminal",
  () => {
    const evil = fc
      .array(
        fc.constantFrom(
          "\u001b[31m",
          "\u202e",
          "\r\n",
          "\u2028",
          "\ud800",
          "漢字",
          "👨‍👩‍👧",
          "a",
          "/",
          "\u0000",
          " ",
        ),
      )
      .map((parts) => parts.join(""));
    const control =
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]|\p{Surrogate}/u;
    fc.assert(
      fc.property(evil, evil, fc.boolean(), (name, note, unicode) => {
        const wave = contested({ name, record: { notes: [note], technique: note, arrivalSource: null } });
        const steps = [raceStep(3, [name], note)];
        const { sent, races: records } = raced(3, [wave, contested({ name: `${name}2`, releasedAt: 9 })]);
        const told = sent.map((each) => ({ ...each, answer: JSON.stringify({ version: note }) }));
        const result: InvariantResult = {
          ...{ step: "writers", name: "one-winner", holds: false, rounds: 1, violatedRounds: [1] },
          ...{ evidence: ["e1", "e2"], explanation: note, at: { file: note, line: 1, column: 1 } },
        };
        const run = runOf({ name, sent: told, races: records, steps, invariants: [result] });
        const text = rendered(run, { unicode });
        expect(text).not.toMatch(control);
        if (!unicode) expect(text).toMatch(/^[\n -~]*$/);
      }),
      { numRuns: 80 },
    );
  },
  PATIENCE_MS,
);
