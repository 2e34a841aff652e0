import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Exchange, RunSection } from "../../src/index.js";
import { type ReplayOptions, replay } from "../../src/index.js";
import { causeRowOf, lessonOf, rowOf, rowsIn } from "./contents-table.js";
import {
  ALL,
  CAUSES,
  CLAIMS,
  DRAFT,
  hasRace,
  isLookAlike,
  isTwin,
  RACES,
  REAL,
  SCENARIOS,
  type Shipped,
  sendingSteps,
  topicOf,
} from "./shipped.js";

const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  JSON.parse(readFileSync(join(SCENARIOS, "scenario.schema.json"), "utf8")) as object,
);

let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "gcidem-shipped-"));
});

afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

async function run(shipped: Shipped, options: ReplayOptions = {}): Promise<RunSection> {
  const [section] = (await replay(shipped.file, { ...options, out })).runs;
  if (section === undefined) throw new Error(`${shipped.file} gave no report`);
  return section;
}

/** What did not hold, in words; empty when all did. */
function notHeld(section: RunSection): readonly string[] {
  return section.expectations
    .filter(({ ok }) => ok !== true)
    .map(({ step, what, expected, actual, note }) => {
      return `${step}: ${what} expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)} ${note ?? ""}`;
    });
}

/** What must be the same in every run with one seed. */
function fingerprintOf(section: RunSection): readonly string[] {
  return [...section.exchanges].map(({ step, attempt, response, error, correlationId }: Exchange) => {
    return `${step} ${attempt} ${response?.status ?? error?.code} ${correlationId}`;
  });
}

describe("every shipped scenario", () => {
  test.each([...ALL, ...RACES, ...CAUSES, ...DRAFT, ...REAL])(
    "$name completes in editors and says what it teaches",
    ({ text, loaded, file }) => {
      const { name, description, tags } = loaded.scenario;
      expect(text.split("\n", 1)[0]).toBe("# yaml-language-server: $schema=../scenario.schema.json");
      validate(parse(text));
      expect(validate.errors ?? []).toEqual([]);
      expect(name).not.toBe(file);
      expect(description.split(/\s+/).length).toBeGreaterThan(15);
      expect(tags.length).toBeGreaterThan(0);
    },
  );

  test.each([...ALL, ...CAUSES, ...DRAFT, ...REAL])("$name judges each request that it sends", (shipped) => {
    const silent = sendingSteps(shipped).filter(({ expectations }) => expectations.length === 0);
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  test.each([...ALL, ...CAUSES, ...DRAFT, ...REAL])("$name holds on the embedded mock", async (shipped) => {
    const section = await run(shipped);
    expect(notHeld(section)).toEqual([]);
    expect(section.skipped).toEqual([]);
    expect(section.verdict).toBe("pass");
    if (hasRace(shipped)) return;
    const again = await run(shipped);
    expect(fingerprintOf(again), "the same answers and correlation IDs with the same seed").toEqual(
      fingerprintOf(section),
    );
  });

  test.each([2, 3, 4, 5, 6])(
    "holds whenever the platform's own writes happen to fall (seed %i)",
    async (seed) => {
      const moved = ALL.filter(({ loaded }) => loaded.policy !== null && loaded.policy.churn !== null);
      expect(moved.length).toBeGreaterThan(0);
      for (const each of moved) expect(notHeld(await run(each, { seed }))).toEqual([]);
    },
  );

  test("runs on another seed with other keys and correlation IDs", async () => {
    const [first] = ALL;
    if (first === undefined) throw new Error("no scenario is shipped");
    const [one, other] = [await run(first, { seed: 1 }), await run(first, { seed: 2 })];
    expect(fingerprintOf(other)).not.toEqual(fingerprintOf(one));
  });
});

/** A policy under which a scenario cannot hold: the vendor's word against a claim, lore against the vendor's word. */
function contradicting({ loaded }: Shipped): string {
  const { policy } = loaded.scenario;
  return policy?.kind === "preset" && policy.name === "documented" ? "forum-lore" : "documented";
}

describe("a scenario that holds says something:", () => {
  test.each(ALL.filter((each) => !isTwin(each) || contradicting(each) === "forum-lore"))(
    "$name fails on a server that behaves otherwise",
    async (shipped) => {
      const section = await run(shipped, { policy: contradicting(shipped) });
      expect(section.expectations.filter(({ ok }) => ok === false)).not.toEqual([]);
      expect(section.verdict).toBe("fail");
    },
  );

  test.each(CLAIMS.filter((each) => isTwin(each) && contradicting(each) !== "forum-lore"))(
    "$name, the vendor's word under special circumstances, fails under forum lore",
    async (shipped) => {
      expect((await run(shipped, { policy: "forum-lore" })).verdict).toBe("fail");
    },
  );
});

const RIVALS = CLAIMS.filter((each) => !isTwin(each)).flatMap((one) =>
  CLAIMS.filter((other) => other !== one && !isTwin(other) && topicOf(other) === topicOf(one)).map(
    (other) => ({
      name: one.name,
      one,
      rival: other.name,
      other,
    }),
  ),
);

describe("claims that contradict each other", () => {
  test("are there: ages, bytes, scopes, lost answers and expiry", () => {
    expect([...new Set(RIVALS.map(({ one }) => topicOf(one)))]).toEqual([
      "claims/action-lost-answer",
      "claims/guide-key-expiry",
      "claims/key-life",
      "claims/key-scope",
      "claims/same-json-other-bytes",
    ]);
  });

  test.each(RIVALS)("$name cannot hold where $rival does", async ({ one, other }) => {
    const { policy } = other.loaded;
    if (policy === null) throw new Error(`${other.name} names no policy`);
    expect((await run(one, { policy })).verdict).toBe("fail");
  });
});

/** What a policy extends, as the file says it. */
function presetIn({ text }: Shipped): string {
  const { policy } = parse(text) as { readonly policy: string | { readonly extends?: string } };
  return typeof policy === "string" ? policy : (policy.extends ?? "");
}

/** `PATCH /api/...` of each step, as the file has it, repeats with another path too. */
function requestLines({ text }: Shipped): ReadonlySet<string> {
  const { steps } = parse(text) as { readonly steps: readonly { readonly request?: string }[] };
  return new Set(steps.flatMap(({ request }) => request ?? []));
}

describe("beside each claim stands what the vendor documents:", () => {
  test.each(CLAIMS.filter((each) => !isTwin(each)))("$name is lore and has a twin", (claim) => {
    const twin = CLAIMS.find((each) => each.name === `${topicOf(claim)}.documented`);
    expect(twin, "a file of the same name that ends in .documented.yaml").toBeDefined();
    expect(presetIn(claim)).toBe("forum-lore");
    if (twin === undefined) return;
    expect(presetIn(twin)).toBe("documented");
    const sent = requestLines(twin);
    const missing = [...requestLines(claim)].filter((line) => !line.includes("/mock/") && !sent.has(line));
    expect(missing).toEqual([]);
  });

  test.each(CLAIMS.filter(isTwin))("$name stands beside a claim", (twin) => {
    const claims = CLAIMS.filter((each) => !isTwin(each) && topicOf(each) === topicOf(twin));
    expect(claims.length).toBeGreaterThan(0);
    for (const claim of claims) expect(twin.loaded.scenario.description).toContain(topicOf(claim).slice(7));
  });

  test.each(CLAIMS)("$name says whose word it is, and never gives the vendor's name to lore", (shipped) => {
    const { description } = shipped.loaded.scenario;
    expect(description).toMatch(
      isTwin(shipped)
        ? /vendor/
        : /\b[Aa] (?:forum (?:post|thread)|reply in a forum thread|tutorial|wiki page)\b|\bin a forum thread\b|\bof a (?:forum thread|tutorial|wiki page)\b/,
    );
    expect(description).not.toMatch(/Genesys/);
  });
});

describe("scenarios/README.md", () => {
  const readme = readFileSync(join(SCENARIOS, "README.md"), "utf8");

  test("lists every shipped scenario with what it teaches and whose claim it is", () => {
    expect(rowsIn(readme, "scenarios")).toEqual([...ALL, ...RACES, ...DRAFT, ...REAL].map(rowOf));
  });

  test("lists each cause with what shows it and what looks like it", () => {
    const shown = CAUSES.filter((each) => !isLookAlike(each));
    const wanted = shown.map((each) => {
      const lookAlike = CAUSES.find(({ name }) => name === `${each.name}.look-alike`);
      if (lookAlike === undefined) throw new Error(`nothing looks like ${each.name}`);
      return causeRowOf(each.name.slice("causes/".length), each, lookAlike);
    });
    expect(rowsIn(readme, "causes")).toEqual(wanted);
  });

  test("teaches one thing with each", () => {
    const every = [...ALL, ...RACES, ...CAUSES, ...DRAFT, ...REAL];
    expect(new Set(every.map(lessonOf)).size).toBe(every.length);
    expect(new Set(every.map(({ loaded }) => loaded.scenario.name)).size).toBe(every.length);
  });
});
