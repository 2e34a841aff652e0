import { describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { type Raced, racingThing, runRacing, sentIn, skippedIn } from "./racing.js";

const THING = "/api/v2/mock/things/1";
const LOOK = `{ id: look, request: GET ${THING}, capture: { etag: header ETag } }`;
const WRITE = `{ id: write, request: PUT ${THING}, ifMatch: $(look.etag), json: { n: $(writer) } }`;

function bodiesOf({ exchanges }: Raced, step: string): readonly string[] {
  return exchanges.flatMap((each) => (each.step === step ? [each.request.body] : []));
}

describe("the writers of a race", () => {
  test("do each step together, in the order of their numbers, with captures and vars of their own", async () => {
    const raced = await runRacing(
      racingThing(
        `writers: 3, vars: { tier: tier-$(writer) }, steps: [${LOOK}, ${WRITE.replace("$(writer)", "$(tier)")}]`,
      ),
    );
    expect(raced.exchanges.map(({ id, step, writer }) => `${id} ${step} ${writer}`)).toEqual([
      "e1 w/look 0",
      "e2 w/look 1",
      "e3 w/look 2",
      "e4 w/write 0",
      "e5 w/write 1",
      "e6 w/write 2",
    ]);
    expect(bodiesOf(raced, "w/write")).toEqual(['{"n":"tier-0"}', '{"n":"tier-1"}', '{"n":"tier-2"}']);
    const [look] = raced.exchanges;
    expect(raced.exchanges[4]?.ifMatch).toBe(look?.etag);
    const statuses = raced.exchanges.slice(3).map(({ response }) => response?.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(2);
  });

  test("have what they know written down, each for itself", async () => {
    const { records } = await runRacing(racingThing(`writers: 2, vars: { a: x$(writer) }, steps: [${LOOK}]`));
    const bound = records.flatMap((each) => (each.type === "bound" ? [each] : []));
    const etag = bound.at(-1)?.values["w/look.etag"];
    expect(etag).toMatch(/^"/);
    expect(bound).toEqual([
      { type: "bound", round: 1, values: {} },
      { type: "bound", round: 1, writer: 0, values: { writer: 0, a: "x0" } },
      { type: "bound", round: 1, writer: 1, values: { writer: 1, a: "x1" } },
      { type: "bound", round: 1, writer: 0, values: { "w/look.etag": etag } },
      { type: "bound", round: 1, writer: 1, values: { "w/look.etag": etag } },
    ]);
  });

  test("draw random values that do not depend on who is quicker", async () => {
    const text = racingThing(
      `writers: 3, release: as-ready, steps: [{ request: PUT ${THING}, idempotencyKey: $(uuid()), json: {} }]`,
    );
    const keysOf = ({ exchanges }: Raced): readonly string[] =>
      [...exchanges]
        .sort((a, b) => Number(a.writer) - Number(b.writer))
        .map(({ idempotencyKey }) => String(idempotencyKey));
    const first = keysOf(await runRacing(text));
    expect(new Set(first).size).toBe(3);
    expect(keysOf(await runRacing(text))).toEqual(first);
  });

  test("repeat what was sent before the race, and what they sent themselves", async () => {
    const raced = await runRacing(`world: { things: [{ id: "1", tier: none }] }
steps:
  - { id: first, request: PUT ${THING}, json: { n: 1 } }
  - id: w
    race:
      writers: 2
      steps:
        - { id: again, repeat: first }
        - { id: own, request: PUT ${THING}, json: { n: $(uuid()) } }
        - { id: same, repeat: own }
`);
    expect(bodiesOf(raced, "w/again")).toEqual(['{"n":1}', '{"n":1}']);
    expect(bodiesOf(raced, "w/same")).toEqual(bodiesOf(raced, "w/own"));
    expect(new Set(bodiesOf(raced, "w/own")).size).toBe(2);
  });

  test("do different things in lanes; the k-th steps of all go together", async () => {
    const raced = await runRacing(
      racingThing(
        `lanes: [{ steps: [{ id: a, request: GET ${THING} }, { id: b, request: GET ${THING} }] }, { steps: [{ id: c, request: GET ${THING} }] }]`,
      ),
    );
    expect(sentIn(raced)).toEqual(["w/a 0 200", "w/c 1 200", "w/b 0 200"]);
    expect(raced.races).toMatchObject([
      { waves: ["w/a", "w/c"], requests: 2, formed: true },
      { waves: ["w/b"], requests: 1, formed: false },
    ]);
  });

  test("leave a barrier as the release says", async () => {
    const offsetsOf = async (release: string): Promise<unknown> =>
      (await runRacing(racingThing(`writers: 3, release: '${release}', steps: [${LOOK}]`))).offsets;
    expect(await offsetsOf("together")).toEqual([[0, 0, 0]]);
    expect(await offsetsOf("staggered 5ms")).toEqual([[0, 5, 10]]);
    expect(await offsetsOf("offsets [1ms, 3ms]")).toEqual([[1, 3, 3]]);
  });

  test("go on by themselves as soon as they are ready, where there is no barrier", async () => {
    const raced = await runRacing(racingThing(`writers: 4, release: as-ready, steps: [${LOOK}, ${WRITE}]`));
    for (const writer of [0, 1, 2, 3]) {
      const own = raced.exchanges.filter((each) => each.writer === writer);
      expect(own.map(({ step }) => step)).toEqual(["w/look", "w/write"]);
    }
    expect(raced.opened).toEqual([]);
    expect(raced.races).toEqual([
      {
        type: "race",
        step: "w",
        waves: ["w/look", "w/write"],
        round: 1,
        technique: "none",
        releasedMs: null,
        clientSpreadMs: null,
        arrivalSpreadMs: null,
        arrivalSource: null,
        earlyAnswers: 0,
        requests: 8,
        held: 0,
        formed: true,
        notes: [],
      },
    ]);
  });

  test("use connections of their own also for what they send by themselves", async () => {
    const latency = { extends: "rfc9110", latency: { base: "20ms" } } as const;
    const { mock } = await runRacing(
      racingThing(`writers: 2, release: as-ready, steps: [${LOOK}, ${WRITE}]`),
      {
        policy: latency,
      },
    );
    const refused = mock.trace().find(({ status }) => status === 412);
    expect(refused).toMatchObject({ cause: "stale-etag", movedBy: "other-writer" });
  });
});

describe("a value that a writer misses", () => {
  test("leaves out the steps that need it, for that writer alone, and is told once", async () => {
    const own = `{ id: look, request: GET /api/v2/mock/things/$(writer), capture: { etag: header ETag } }`;
    const text = racingThing(`writers: 3, steps: [${own}, ${WRITE}, { id: free, request: GET ${THING} }]`);
    const raced = await runRacing(text);
    expect(sentIn(raced)).toEqual([
      "w/look 0 404",
      "w/look 1 200",
      "w/look 2 404",
      "w/write 1 200",
      "w/free 0 200",
      "w/free 1 200",
      "w/free 2 200",
    ]);
    expect(skippedIn(raced)).toEqual(["w/write: writers 0, 2: $(look.etag) was not captured"]);
    expect(raced.warnings).toEqual(["step w/look: capture etag: the answer has no header ETag"]);
    expect(raced.races[1]).toMatchObject({ requests: 1, formed: false });
  });

  test("leaves out the race, where its own vars need it", async () => {
    const raced = await runRacing(`steps:
  - { id: made, request: GET ${THING}, capture: { etag: header X-None } }
  - id: w
    race: { writers: 2, vars: { a: $(made.etag) }, steps: [${LOOK}] }
  - { id: after, request: GET ${THING} }
`);
    expect(sentIn(raced)).toEqual(["made - 404", "after - 404"]);
    expect(skippedIn(raced)).toEqual(["w: $(made.etag) was not captured"]);
  });
});

describe("retries inside a race", () => {
  test("run by themselves before the writer's next barrier, and read again for that writer", async () => {
    const retry = "retry: { on: [412], max: 9, reread: look, backoff: { initial: 1ms } }";
    const raced = await runRacing(
      racingThing(
        `writers: 3, steps: [${LOOK}, ${WRITE.replace("json", `${retry}, json`)}, { id: last, request: GET ${THING} }]`,
      ),
    );
    const attempts = raced.exchanges.filter(
      ({ step, response }) => step === "w/write" && response?.status === 200,
    );
    expect(attempts.map(({ writer }) => writer).sort()).toEqual([0, 1, 2]);
    expect(raced.exchanges.filter(({ attempt }) => attempt > 1).length).toBeGreaterThanOrEqual(4);
    expect(raced.exchanges.slice(-3).map(({ step }) => step)).toEqual(["w/last", "w/last", "w/last"]);
    const rereads = raced.exchanges.filter(({ step, attempt }) => step === "w/look" && attempt > 1);
    expect(rereads.every(({ writer }) => writer !== null)).toBe(true);
  });

  test("pause for real: the mock's time does not jump", async () => {
    const retry = "retry: { on: [412], max: 1, backoff: { initial: 1ms, jitter: none } }";
    const { clock, exchanges } = await runRacing(
      racingThing(`writers: 2, steps: [${LOOK}, ${WRITE.replace("json", `${retry}, json`)}]`),
    );
    expect(exchanges.at(-1)).toMatchObject({ step: "w/write", attempt: 2, response: { status: 412 } });
    expect(clock.jumpedMs()).toBe(0);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(1);
  });

  test("do not wait longer than --max-wait, also on the mock", async () => {
    const policy = { extends: "rfc9110", rateLimit: { perMinute: 1, retryAfter: true } } as const;
    const text = racingThing(`writers: 2, steps: [{ request: GET ${THING}, retry: { on: [429], max: 2 } }]`);
    const raced = await runRacing(text, { policy, options: { maxWaitMs: 5 } });
    expect(sentIn(raced)).toHaveLength(2);
    expect(raced.warnings).toEqual([expect.stringContaining("longer than --max-wait: not tried again")]);
  });
});

describe("what stops a race", () => {
  const CLEAN_UP = `cleanUp: [{ id: tidy, request: GET ${THING} }]\n`;

  test("a request budget that a barrier's requests do not fit in: none of them leaves", async () => {
    const leave = { readOnly: false, onlyPrefixes: [], maxRequests: 5 };
    const raced = await runRacing(racingThing(`writers: 3, steps: [${LOOK}, ${WRITE}]`), {
      options: { leave },
    });
    expect(sentIn(raced)).toEqual(["w/look 0 200", "w/look 1 200", "w/look 2 200"]);
    expect(raced.outcome).toMatchObject({ budgetSpent: true, requests: 3 });
    expect(skippedIn(raced)).toEqual(["w: --max-requests is reached"]);
  });

  test("a writer's request that leads elsewhere: nothing of that barrier leaves, and clean-up runs", async () => {
    const text = racingThing(
      "writers: 2, vars: { up: .. }, steps: [{ id: a, request: GET /api/$(up) }]",
      CLEAN_UP,
    );
    const raced = await runRacing(text);
    expect(sentIn(raced)).toEqual(["w/a 0 ERR_DOT_SEGMENT", "tidy - 200"]);
    expect(raced.exchanges[0]).toMatchObject({ writer: 0, error: { phase: "refused" } });
    expect(raced.outcome).toMatchObject({ refused: true });
  });

  test("an interrupt: what is under way is ended, later steps are left out, clean-up runs", async () => {
    const controller = new AbortController();
    const raced = await runRacing(racingThing(`writers: 2, steps: [${LOOK}, ${WRITE}]`, CLEAN_UP), {
      options: { interrupt: controller.signal },
      onSent: ({ writer }) => {
        if (writer === 1) controller.abort();
      },
    });
    expect(skippedIn(raced)).toEqual(["w/write: interrupted"]);
    expect(sentIn(raced).at(-1)).toBe("tidy - 200");
    expect(raced.outcome.interrupted).toBe(true);
  });

  test("an interrupt before anything left: the barrier says that it was not formed for that", async () => {
    const controller = new AbortController();
    const raced = await runRacing(racingThing(`writers: 2, steps: [${LOOK}]`), {
      options: { interrupt: controller.signal },
      onSent: () => controller.abort(),
    });
    expect(raced.races).toMatchObject([{ formed: false, interrupted: true }]);
  });

  test("the line of a race ends with the run's interrupt", async () => {
    const controller = new AbortController();
    const raced = await runRacing(racingThing(`writers: 2, steps: [${LOOK}]`), {
      options: { interrupt: controller.signal },
    });
    controller.abort();
    expect(raced.signals).toHaveLength(1);
    expect(raced.signals[0]).toBeInstanceOf(AbortSignal);
    expect(raced.races[0]).not.toHaveProperty("interrupted");
  });

  test("many writers that wait at a time are no leak", async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): unknown => warnings.push(name);
    process.on("warning", onWarning);
    try {
      const again = "retry: { on: [412], max: 2, reread: look, backoff: { initial: 1ms, factor: 1 } }";
      const write = WRITE.replace(/ }$/, `, ${again} }`);
      const raced = await runRacing(racingThing(`writers: 40, steps: [${LOOK}, ${write}]`));
      expect(sentIn(raced).length).toBeGreaterThan(80);
    } finally {
      process.off("warning", onWarning);
    }
    expect(warnings).toEqual([]);
  });

  test("a race that cannot be formed at all: it is left out, and what comes after it", async () => {
    const cannotForm = new GcidemError("usage", "5000 writers need a connection each", {
      hint: "ulimit -n 9000",
    });
    const raced = await runRacing(
      racingThing(`writers: 2, steps: [${LOOK}]`, `  - wait: 1s\n  - request: GET ${THING}\n${CLEAN_UP}`),
      {
        cannotForm,
      },
    );
    expect(skippedIn(raced)).toEqual([
      "w: 5000 writers need a connection each (ulimit -n 9000)",
      "step-3: an earlier race could not be formed",
    ]);
    expect(raced.warnings).toEqual(["race w: 5000 writers need a connection each (ulimit -n 9000)"]);
    expect(sentIn(raced)).toEqual(["tidy - 200"]);
    expect(raced.outcome).toMatchObject({ refused: true, budgetSpent: false });
  });

  test("--read-only: writes are left out, reads race", async () => {
    const leave = { readOnly: true, onlyPrefixes: [], maxRequests: null };
    const raced = await runRacing(racingThing(`writers: 2, steps: [${LOOK}, ${WRITE}]`), {
      options: { leave },
    });
    expect(sentIn(raced)).toEqual(["w/look 0 200", "w/look 1 200"]);
    expect(skippedIn(raced)).toEqual(["w/write: all writers: a write, and --read-only sends none"]);
  });
});

describe("around a race", () => {
  test("effects are counted where at-most-once is expected of it", async () => {
    const text = `effects: { request: GET /api/v2/mock/executions, count: $.total }
steps:
  - id: w
    race: { writers: 2, steps: [{ id: run, request: POST /api/v2/integrations/actions/a1/execute, idempotencyKey: k, json: {} }] }
    expect: { invariants: [at-most-once] }
`;
    const raced = await runRacing(text, { policy: { extends: "forum-lore" } });
    expect(raced.exchanges.map(({ step }) => step)).toEqual(["effects", "w/run", "w/run", "effects"]);
  });

  test("a value that becomes a credential is never written down", async () => {
    const text = racingThing(
      `writers: 2, steps: [${LOOK}, { request: GET ${THING}, auth: none, headers: { Authorization: $(look.etag) } }]`,
    );
    const { records, exchanges } = await runRacing(text);
    expect(exchanges[2]?.response?.status).toBe(401);
    expect(exchanges.slice(0, 2).map(({ etag }) => etag)).toEqual(["<secret:2>", "<secret:2>"]);
    expect(records.filter((each) => each.type === "bound").at(-1)?.values).toEqual({
      "w/look.etag": "<secret:2>",
    });
  });
});
