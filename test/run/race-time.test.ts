import { describe, expect, test } from "vitest";
import { racingThing, runRacing, sentIn } from "./racing.js";

const THING = "/api/v2/mock/things/1";
const READ = `{ id: read, request: GET ${THING} }`;

describe("time on the embedded mock", () => {
  test("runs at real speed in a race, and jumps again after it", async () => {
    const policy = { extends: "rfc9110", latency: { base: "3ms" } } as const;
    const text = racingThing(`writers: 2, steps: [${READ}]`, `  - { id: after, request: GET ${THING} }\n`);
    const { clock, exchanges } = await runRacing(text, { policy });
    expect(exchanges).toHaveLength(3);
    expect(clock.jumpedMs()).toBe(3);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(6);
  });

  test("lets a server that checks first and sets later be caught by writers that race", async () => {
    const policy = {
      extends: "rfc9110",
      concurrency: { check: { kind: "check-then-set", window: "300ms" } },
    } as const;
    const text = racingThing(
      `writers: 5, steps: [{ id: look, request: GET ${THING}, capture: { etag: header ETag } }, { id: write, request: PUT ${THING}, ifMatch: $(look.etag), json: {} }]`,
    );
    const raced = await runRacing(text, { policy });
    expect(sentIn(raced).filter((each) => each.endsWith("200")).length).toBeGreaterThan(6);
  });

  test("ends what takes too long by the race's own time", async () => {
    const policy = { extends: "rfc9110", latency: { base: "5s" } } as const;
    const text = racingThing("writers: 2, steps: [{ request: GET /api/v2/mock/things/1, timeout: 20ms }]");
    const raced = await runRacing(text, { policy });
    expect(sentIn(raced)).toEqual(["w/step-1 0 ETIMEDOUT", "w/step-1 1 ETIMEDOUT"]);
    expect(raced.clock.jumpedMs()).toBe(0);
  });
});

describe("what is known of a barrier", () => {
  const race = racingThing(`writers: 3, steps: [${READ}, { repeat: read }]`);

  test("is written down after it: what the line says of itself once, and of each wave", async () => {
    const { races } = await runRacing(race);
    expect(races).toMatchObject([
      {
        step: "w",
        waves: ["w/read"],
        round: 1,
        technique: "naive",
        clientSpreadMs: 0.5,
        requests: 3,
        held: 3,
        earlyAnswers: 0,
        formed: true,
        notes: ["a note on the line", "a note on wave 0"],
      },
      { waves: ["w/step-2"], notes: ["a note on wave 1"] },
    ]);
  });

  test("the mock says when each request had arrived", async () => {
    const { races, mock } = await runRacing(race);
    const arrived = mock.trace().map(({ arrivedAt }) => arrivedAt);
    const first = arrived.slice(0, 3);
    expect(races[0]?.arrivalSource).toBe("measured");
    expect(races[0]?.arrivalSpreadMs).toBeCloseTo(Math.max(...first) - Math.min(...first), 2);
  });

  test("no server says so but the mock: then the spread is estimated", async () => {
    const { races } = await runRacing(race, { target: { arrivals: () => new Map() } });
    expect(races[0]).toMatchObject({ arrivalSpreadMs: 7, arrivalSource: "estimated" });
  });

  test("answers that carry one correlation ID do not tell when each request arrived", async () => {
    const policy = { extends: "forum-lore", idempotency: { replay: { correlationId: "original" } } } as const;
    const text = `steps:
  - { id: first, request: POST /api/v2/integrations/actions/a1/execute, idempotencyKey: k, json: {} }
  - { id: w, race: { writers: 3, steps: [{ id: again, repeat: first }] } }
`;
    const { races } = await runRacing(text, { policy });
    expect(races[0]?.arrivalSource).toBe("estimated");
  });

  test("a race was not formed where no two requests were under way together", async () => {
    const { races } = await runRacing(race, {
      spoil: (outcome, writer) =>
        writer === 0
          ? outcome
          : { ...outcome, timings: { ...outcome.timings, sentMs: null, releasedMs: null } },
    });
    expect(races[0]).toMatchObject({ requests: 3, held: 1, formed: false });
  });
});

describe("warming up", () => {
  test("asks a mock for what leaves no trace", async () => {
    const { opened, mock } = await runRacing(racingThing(`writers: 3, steps: [${READ}]`));
    expect(opened).toEqual([
      {
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
        writers: 3,
        technique: "auto",
        connectLimitMs: 5_000,
        warmUp: expect.objectContaining({
          method: "GET",
          url: expect.stringMatching(/\/__gcidem\/clock$/),
          headers: [],
          body: null,
        }),
      },
    ]);
    expect(mock.trace()).toHaveLength(3);
  });

  test("sends nothing to any other server", async () => {
    const { opened } = await runRacing(racingThing(`writers: 3, steps: [${READ}]`), {
      target: { kind: "http" },
    });
    expect(opened[0]?.warmUp).toBeNull();
  });
});
