import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { displayWidth } from "../../src/report/terminal/display-width.js";
import { lookOf, type TerminalOptions } from "../../src/report/terminal/look.js";
import { panelsOf } from "../../src/report/terminal/races/lanes.js";
import { pictureLines } from "../../src/report/terminal/races/race-picture.js";
import { createRaceSurvey } from "../../src/report/terminal/races/race-survey.js";
import { type Leg, raced, raceStep, type Wave } from "./build-race.js";
import { runOf } from "./build-report.js";

/** Many documents are rendered; a busy machine takes its time. */
const PATIENCE_MS = 60_000;

const PLAIN: TerminalOptions = { columns: 80, color: false, unicode: true, verbose: false };

/** The picture of the only round of a race of such waves. */
function picture(
  writers: number,
  waves: readonly Wave[],
  {
    options = PLAIN,
    proofs = {},
  }: { options?: TerminalOptions; proofs?: Record<string, readonly string[]> } = {},
): readonly string[] {
  const names = waves.map(({ name }) => name);
  const run = runOf({ name: "race", ...raced(writers, waves), steps: [raceStep(writers, names)] });
  const survey = createRaceSurvey(run);
  for (const exchange of run.exchanges) survey.add(exchange);
  return survey.finish().flatMap((round) => {
    const panels = panelsOf(round);
    const winners = new Set(panels.flatMap((panel) => [...panel.winners]));
    const telling = { proofs: new Map(Object.entries(proofs)), winners };
    return [
      ...pictureLines({ panels, zeroMs: round.zeroMs, telling, explained: new Set() }, lookOf(options)),
    ];
  });
}

function wave(leg: (writer: number) => Leg | null, more: Partial<Wave> = {}): Wave {
  return { name: "write", request: "PUT /x", releasedAt: 0, leg, ...more };
}

/** Lines of writers. */
function lanes(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => /^ {2}w\d/.test(line));
}

function barLength(lane: string | undefined): number {
  return /├─*/.exec(lane ?? "")?.[0].length ?? 0;
}

describe("a lane", () => {
  test("is as long as the request took, the same time being as long everywhere", () => {
    const lines = lanes(picture(3, [wave((writer) => ({ took: 2 * (writer + 1) }))]));
    const [short, middle, long] = lines.map(barLength);
    expect(middle).toBeGreaterThanOrEqual(2 * (short ?? 0) - 1);
    expect(middle).toBeLessThanOrEqual(2 * (short ?? 0) + 1);
    expect(long).toBeGreaterThanOrEqual(3 * (short ?? 0) - 2);
    expect(long).toBeLessThanOrEqual(3 * (short ?? 0) + 2);
  });

  test("starts at the release, or under the time at which its writer left", () => {
    const [first, second] = lanes(picture(2, [wave((writer) => ({ after: writer * 5, took: 5 }))]));
    expect(first).toMatch(/^ {2}w0 {2}├─+■ 200$/);
    expect(second).toMatch(/^ {2}w1 {2}│ +├─+■ 200$/);
    expect(second?.indexOf("├")).toBe(first?.indexOf("■"));
  });

  test("of a writer that sent nothing says so", () => {
    expect(
      lanes(
        picture(2, [
          wave(() => ({ took: 1 })),
          wave((writer) => (writer === 0 ? { took: 1 } : null), { name: "again", releasedAt: 2 }),
        ]),
      )[1],
    ).toMatch(/■ 200 +│ not sent$/);
  });
});

describe("a request without an answer", () => {
  const lost = { error: { code: "ETIMEDOUT", phase: "timeout", message: "no answer" } } as const;

  test("runs off the picture where it waited much longer than the others", () => {
    const lines = lanes(
      picture(3, [wave((writer) => (writer === 1 ? { took: 30_000, ...lost } : { took: 3 }))]),
    );
    expect(lines[1]).toMatch(/^ {2}w1 {2}├─+> ETIMEDOUT after 30\.00 s$/);
    expect(barLength(lines[0])).toBeGreaterThan(20);
  });

  test("ends with a mark of its own where it ended in time", () => {
    const lines = lanes(picture(2, [wave((writer) => (writer === 1 ? { took: 2, ...lost } : { took: 3 }))]));
    expect(lines[1]).toMatch(/─x ETIMEDOUT after 2\.00 ms$/);
  });

  test("is drawn also where nobody was answered", () => {
    const lines = lanes(picture(2, [wave(() => ({ took: 4, ...lost }))]));
    expect(lines.map(barLength).every((length) => length > 20)).toBe(true);
  });
});

describe("a thousand writers", () => {
  const won = 567;
  const lines = picture(
    1000,
    [wave((writer) => ({ took: 3 + ((writer * 7919) % 1000) / 100, status: writer === won ? 200 : 409 }))],
    { proofs: { e124: ["lost update"] } },
  );

  test("are twelve lanes, and a line that counts the others", () => {
    expect(lanes(lines)).toHaveLength(12);
    expect(lines).toContain("  … 988 more: 988× 409");
  });

  test("have the winner among them, what proves something, the first and the last answered", () => {
    const text = lanes(lines).join("\n");
    expect(text).toMatch(/ {2}w567 .*■ 200 {2}winner/);
    expect(text).toMatch(/ {2}w123 .*■ 409 {2}#124 lost update/);
    const ends = Array.from({ length: 1000 }, (_, writer) => (writer * 7919) % 1000);
    expect(text).toContain(`  w${ends.indexOf(0)} `);
    expect(text).toContain(`  w${ends.indexOf(999)} `);
  });
});

describe("whatever the writers do", () => {
  const leg = fc.record({
    after: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
    took: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e7, noNaN: true })),
    status: fc.constantFrom(200, 201, 204, 409, 412, 500),
    answer: fc.constantFrom("", '{"version":7}', '{"version":"a long name of a version: 漢字漢字漢字"}'),
    answered: fc.boolean(),
  });
  const legs = fc.array(fc.option(leg, { freq: 8 }), { minLength: 2, maxLength: 30 });
  const options = fc.record({
    columns: fc.integer({ min: 40, max: 200 }),
    color: fc.constant(false),
    unicode: fc.boolean(),
    verbose: fc.constant(false),
  });
  const technique = fc.constantFrom("h2", "last-byte", "naive", "none");
  const waves = fc.array(fc.tuple(legs, technique), { minLength: 1, maxLength: 4 });
  const error = { code: "ECONNRESET", phase: "response", message: "" } as const;

  function draw(
    all: readonly (readonly [
      readonly (typeof leg extends fc.Arbitrary<infer L> ? L | null : never)[],
      string,
    ])[],
    look: TerminalOptions,
  ): readonly string[] {
    return picture(
      30,
      all.map(([own, kind], index) =>
        wave(
          (writer) => {
            const found = own[writer] ?? null;
            if (found === null) return null;
            const { answered, ...rest } = found;
            return answered ? rest : { after: rest.after, took: rest.took, error };
          },
          { name: `step${index}`, releasedAt: index * 10, record: { technique: kind } },
        ),
      ),
      { options: look },
    );
  }

  test(
    "no line is wider than the terminal",
    () => {
      fc.assert(
        fc.property(waves, options, (all, look) => {
          for (const line of draw(all, look)) expect(displayWidth(line)).toBeLessThanOrEqual(look.columns);
        }),
        { numRuns: 120 },
      );
    },
    PATIENCE_MS,
  );

  test("a terminal without Unicode gets ASCII", () => {
    fc.assert(
      fc.property(waves, options, (all, look) => {
        for (const line of draw(all, { ...look, unicode: false })) expect(line).toMatch(/^[ -~]*$/);
      }),
    );
  });

  test("each request that has a lane starts and ends in it", () => {
    fc.assert(
      fc.property(legs, (own) => {
        const lines = lanes(draw([[own, "h2"]], PLAIN));
        const sent = own.filter((each) => each !== null).length;
        expect(lines).toHaveLength(Math.min(12, sent));
        for (const line of lines) expect(line).toMatch(/[■x>] \S/);
      }),
    );
  });
});
