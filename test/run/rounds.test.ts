import { describe, expect, test } from "vitest";
import { racingThing, runRacing, sentIn, skippedIn } from "./racing.js";

const THING = "/api/v2/mock/things/1";

describe("rounds", () => {
  const text = `vars: { key: $(uuid()) }
world: { things: [{ id: "1", tier: none }] }
setUp:
  - { id: made, request: GET ${THING}, headers: { X-Key: $(key) } }
steps:
  - id: w
    race: { writers: 2, vars: { own: $(uuid()) }, steps: [{ id: write, request: PUT ${THING}, headers: { X-Key: $(own) }, json: {} }] }
cleanUp:
  - { id: tidy, request: GET ${THING} }
`;

  test("are the whole scenario again: set-up, steps and clean-up", async () => {
    const { exchanges, races, outcome } = await runRacing(text, { rounds: 3 });
    const names = ["made", "w/write", "w/write", "tidy"];
    expect(exchanges.map(({ round, step }) => `${round} ${step}`)).toEqual(
      [1, 2, 3].flatMap((round) => names.map((name) => `${round} ${name}`)),
    );
    expect(exchanges.map(({ id }) => id)).toEqual(exchanges.map((_, index) => `e${index + 1}`));
    expect(races.map(({ round }) => round)).toEqual([1, 2, 3]);
    expect(outcome).toMatchObject({ rounds: 3, requests: 12 });
  });

  test("each begin from the same world, with the next seed: vars and ids are new", async () => {
    const { exchanges, records } = await runRacing(text, { rounds: 3 });
    const made = exchanges.filter(({ step }) => step === "made");
    expect(new Set(made.map(({ etag }) => etag)).size).toBe(1);
    const keys = records.flatMap((each) =>
      each.type === "bound" ? [each.values.key ?? each.values.own].filter((key) => key !== undefined) : [],
    );
    expect(keys).toHaveLength(9);
    expect(new Set(keys).size).toBe(9);
    const again = await runRacing(text, { rounds: 1, options: { seed: 3 } });
    const third = records.filter((each) => each.type === "bound" && each.round === 3);
    const alone = again.records.filter((each) => each.type === "bound");
    expect(third.map((each) => each.type === "bound" && each.values)).toEqual(
      alone.map((each) => each.type === "bound" && each.values),
    );
  });

  test("end with the first that was stopped", async () => {
    const leave = { readOnly: false, onlyPrefixes: [], maxRequests: 6 };
    const raced = await runRacing(text, { rounds: 9, options: { leave } });
    expect(raced.outcome).toMatchObject({ rounds: 2, requests: 6, budgetSpent: true });
    expect(skippedIn(raced)).toEqual(["w: --max-requests is reached"]);
    expect(sentIn(raced).slice(4)).toEqual(["made - 200", "tidy - 200"]);
  });

  test("tell whoever watches which one it is", async () => {
    const seen: string[] = [];
    await runRacing(racingThing(`writers: 2, steps: [{ request: GET ${THING} }]`), {
      rounds: 2,
      options: {
        observer: {
          onStep: (step, sent, round) => seen.push(`${round} ${step} ${sent}`),
          onWarning: () => {},
        },
      },
    });
    expect(seen).toEqual(["1 w/step-1 2", "1 w/step-1 2", "2 w/step-1 4", "2 w/step-1 4"]);
  });
});
