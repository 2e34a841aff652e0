import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadScenarioFile } from "../../src/session/load-files.js";
import {
  blindReplacements,
  executionsOfOneKey,
  type Told,
  tell,
  writesFromOneVersion,
} from "./ground-truth.js";

const FOLDER = "scenarios/races";
const SCENARIOS = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));
const POLICIES = ["its own", "naive", "rfc9110", "forum-lore"] as const;
const CASES = SCENARIOS.flatMap((name) => POLICIES.map((policy) => ({ name, policy })));

function isExclusive(file: string): boolean {
  const races = loadScenarioFile(file).scenario.steps.filter((step) => step.kind === "race");
  return races.every(({ exclusive }) => exclusive);
}

function run(name: string, policy: string): Promise<Told> {
  const file = `${FOLDER}/${name}`;
  const exclusive = isExclusive(file);
  return tell(file, policy === "its own" ? null : policy, { seed: 1, exclusive });
}

describe("what a race's answers show is what the mock knows it did", () => {
  it.each(CASES)(
    "$name under $policy",
    async ({ name, policy }) => {
      const told = await run(name, policy);
      const twice = executionsOfOneKey(told) > 1;
      const several = writesFromOneVersion(told) > 1;
      const lost = several || blindReplacements(told) > 1;
      expect(told.findings["at-most-once"].holds === false).toBe(twice);
      expect(told.anomalies.has("executed-twice")).toBe(twice);
      expect(told.anomalies.has("several-winners")).toBe(several);
      expect(told.findings["no-lost-update"].holds === false).toBe(lost);
      expect(told.findings.linearizable.holds === false).toBe(twice || several);
      // No policy here reads behind its own writes, or refuses what is current.
      expect(told.findings["read-your-writes"].holds).not.toBe(false);
      expect(told.findings["monotonic-reads"].holds).not.toBe(false);
      expect(told.anomalies.has("spurious-conflict")).toBe(false);
    },
    60_000,
  );

  it.each([
    ["read-modify-write.yaml", "naive", (told: Told) => writesFromOneVersion(told)],
    ["same-key-twenty-writers.yaml", "naive", (told: Told) => executionsOfOneKey(told)],
    ["write-without-precondition.yaml", "naive", (told: Told) => blindReplacements(told)],
  ] as const)(
    "%s under %s really goes wrong, so that the agreement above says something",
    async (name, policy, count) => {
      expect(count(await run(name, policy))).toBeGreaterThan(1);
    },
  );
});

const REFUSED_FOR_NOTHING = (faults: string): string => `
name: Refused for nothing
policy: { extends: rfc9110, faults: ${faults} }
world: { things: [{ id: "1", tier: none }] }
steps:
  - id: both
    race:
      lanes:
        - steps:
            - { id: look, request: GET /api/v2/mock/things/1, capture: { etag: header ETag } }
            - { id: write, request: PUT /api/v2/mock/things/1, ifMatch: $(look.etag), json: { tier: gold } }
        - steps:
            - { id: read, request: GET /api/v2/mock/things/1 }
  - id: after
    request: GET /api/v2/mock/things/1
`;

describe("a refusal although nothing had changed", () => {
  const judge = (faults: string): Promise<Told> =>
    tell(REFUSED_FOR_NOTHING(faults), null, { seed: 1, exclusive: true });

  it("is told where the mock made one", async () => {
    const told = await judge("[{ on: { route: 'PUT /api/v2/mock/things/{id}' }, kind: spurious-conflict }]");
    expect(told.trace.map(({ cause }) => cause)).toContain("spurious-conflict");
    expect(told.anomalies).toContain("spurious-conflict");
  });

  it("is not told where it made none", async () => {
    const told = await judge("[]");
    expect(told.trace.map(({ cause }) => cause)).not.toContain("spurious-conflict");
    expect(told.anomalies.size).toBe(0);
  });
});
