import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RunReport, replay } from "../../src/index.js";
import { renderJson } from "../../src/report/json/render-json.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { buildReport } from "../../src/session/replay.js";
import { confirmed, confirmingSteps, refusalsOf } from "./confirmed.js";

const KEY = `
name: Changed body, no control
policy: { extends: forum-lore, errors: opaque }
vars: { key: $(uuid()), c: $(uuid()), p: $(uuid()) }
steps:
  - id: first
    request: PATCH /api/v2/conversations/calls/$(c)/participants/$(p)
    idempotencyKey: $(key)
    json: { attributes: { tier: gold } }
  - id: mutated
    repeat: first
    mutate:
      - patch: [{ op: replace, path: /attributes/tier, value: silver }]
    expect: { cause: { id: key-reused-body-changed, certainty: certain } }
`;

const STALE = `
name: Stale, nothing read afterwards
policy: { extends: rfc9110, errors: opaque }
world: { things: [{ id: "1", tier: none }] }
steps:
  - id: read
    request: GET /api/v2/mock/things/1
    capture: { etag: header ETag }
  - id: rival
    request: PUT /api/v2/mock/things/1
    ifMatch: $(read.etag)
    json: { tier: gold }
  - id: late
    request: PUT /api/v2/mock/things/1
    ifMatch: $(read.etag)
    json: { tier: silver }
cleanUp:
  - id: gone
    request: GET /api/v2/users/me
`;

const PARTICIPANT = "/api/v2/conversations/$(c)/participants/$(p)/attributes";

const LOCKED = `
name: Locked for three seconds
policy:
  extends: forum-lore
  errors: opaque
  locks: { states: [dialing], status: 409, code: locked, for: 3s }
vars: { c: $(uuid()), p: $(uuid()) }
world: { conversations: [{ id: $(c), state: dialing, participants: [$(p)] }] }
steps:
  - id: early
    request: PATCH ${PARTICIPANT}
    json: { attributes: { tier: gold } }
`;

const FORBIDDEN = `
name: No permission, told as 409
policy: { extends: forum-lore, errors: opaque, permissions: { missingScope: 409 } }
vars: { c: $(uuid()), p: $(uuid()) }
world:
  principals: { reader: { scopes: [conversations:readonly] } }
  conversations: [{ id: $(c), participants: [$(p)] }]
steps:
  - id: refused
    request: PATCH ${PARTICIPANT}
    as: reader
    json: { attributes: { tier: gold } }
`;

describe("--confirm settles what a run leaves open", () => {
  test("a changed body: a fresh key passes, the old one does not, and the first body still gets its answer", async () => {
    const ran = await confirmed(KEY);
    expect(refusalsOf(ran)).toEqual(["mutated key-reused-body-changed certain"]);
    expect(confirmingSteps(ran)).toEqual([
      "confirm-1/again 200",
      "confirm-2/again 409",
      "confirm-3/first 200",
      "confirm-3/again 409",
    ]);
    const keys = ran.exchanges.map(({ idempotencyKey }) => idempotencyKey);
    expect(keys[2]).not.toBe(keys[0]);
    expect(keys.toSpliced(2, 1)).toEqual(Array(5).fill(keys[0]));
  });

  test("an outdated If-Match: read, then write with what was read", async () => {
    const ran = await confirmed(STALE);
    expect(refusalsOf(ran)).toEqual(["late stale-etag certain"]);
    expect(confirmingSteps(ran)).toEqual(["confirm-1/read 200", "confirm-1/again 200"]);
  });

  test("a lock: a read shows it, and after a pause the same request passes; chance may have done the same", async () => {
    const ran = await confirmed(LOCKED);
    expect(refusalsOf(ran)).toEqual(["early state-locked possible"]);
    expect(confirmingSteps(ran)).toEqual(["confirm-1/read 200", "confirm-1/again 200"]);
  });

  test("not a missing permission, which no request of this client can show; what was ruled out is gone", async () => {
    const ran = await confirmed(FORBIDDEN);
    const causes = refusalsOf(ran);
    expect(causes[0]).toBe("refused permission-shown-as-409 possible");
    expect(causes.join()).not.toMatch(/certain|state-locked|state-terminal/);
    expect(ran.run.diagnoses.every(({ toConfirm }) => toConfirm === null)).toBe(true);
    expect(ran.warnings).toEqual([]);
  });

  test("nothing where nothing is open", async () => {
    const ran = await confirmed(
      STALE.replace(
        "$(read.etag)\n    json: { tier: silver }",
        '"$(rival.etag)"\n    json: { tier: silver }',
      ).replace("json: { tier: gold }", "json: { tier: gold }\n    capture: { etag: header ETag }"),
    );
    expect(confirmingSteps(ran)).toEqual([]);
    expect(ran.run.confirming).toBeUndefined();
  });
});

describe("what was sent to confirm", () => {
  test("names itself as evidence, and stands under a heading of its own", async () => {
    const { run } = await confirmed(STALE);
    const [diagnosis] = run.diagnoses;
    expect(diagnosis?.evidence).toContainEqual({
      exchange: "e5",
      fact: "e3 sent again with another token to confirm: accepted (200)",
    });
    const page = [
      ...renderTerminal(buildReport([run]), { columns: 80, color: false, unicode: true, verbose: false }),
    ].join("");
    expect(page).toContain("CONFLICT 1 of 2 writes");
    expect(page).toMatch(/ 3 {2}late .*412.*\n +confirm +sent by --confirm\n +4 {2}confirm-1\/read/);
  });

  test("is among the exchanges of the JSON report and its counts", async () => {
    const { run } = await confirmed(STALE);
    const json = JSON.parse([...renderJson(buildReport([run]), {})].join(""));
    expect(json.summary).toMatchObject({ exchanges: 6, writes: 3, conflicts: 1 });
    expect(json.runs[0].exchanges.map(({ step }: { step: string }) => step)).toEqual([
      ...["read", "rival", "late", "confirm-1/read", "confirm-1/again", "gone"],
    ]);
  });

  test("comes before the clean-up, and changes no expectation but that of a cause", async () => {
    const { run, signals } = await confirmed(KEY);
    expect(run.verdict).toBe("pass");
    expect(signals).toEqual([]);
    expect((await confirmed(STALE)).exchanges.at(-1)?.step).toBe("gone");
  });

  test("makes no habit and no anomaly of the client", async () => {
    const { run } = await confirmed(KEY);
    expect(run.diagnoses.filter(({ kind }) => kind === "anomaly" || kind === "pattern")).toEqual([]);
  });

  test("is sent for one question once, however many rounds there are", async () => {
    const ran = await confirmed(STALE, { rounds: { most: 3, untilConflict: false } });
    expect(confirmingSteps(ran)).toHaveLength(2);
    expect(ran.run.reproduction?.hits).toBe(3);
  });
});

describe("replay() of the public API", () => {
  let out: string;

  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), "gcidem-confirm-"));
  });

  afterEach(() => rmSync(out, { recursive: true, force: true }));

  const told = (report: RunReport): readonly string[] =>
    report.runs.flatMap((run) => refusalsOf({ run, exchanges: [...run.exchanges] }));

  test("confirms where it is asked to", async () => {
    expect(told(await replay(STALE, { out }))[0]).not.toContain("certain");
    const report = await replay(STALE, { out, confirm: true });
    expect(told(report)).toEqual(["late stale-etag certain"]);
    expect(report.runs[0]?.confirming).toMatchObject({ exchanges: 2 });
  });

  test("needs the same leave as the command", async () => {
    const options = { out, confirm: true, target: "http://api.example.invalid" };
    await expect(replay("steps:\n  - request: GET /v1/orders\n", options)).rejects.toMatchObject({
      code: "refused",
    });
  });
});

describe("--confirm keeps to its leave", () => {
  test("and to --max-requests, of which the clean-up gets its share first", async () => {
    const ran = await confirmed(STALE, { maxRequests: 5 });
    expect(confirmingSteps(ran)).toEqual([]);
    expect(ran.exchanges.at(-1)?.step).toBe("gone");
    expect(ran.signals).not.toContain("budget");
    expect(ran.warnings.join()).toContain("--max-requests allows no more");
  });

  test("and asks for it on a real server before anything is sent, whatever the scenario sends", async () => {
    const target = { kind: "http", baseUrl: "http://api.example.invalid" } as const;
    const reads = "name: t\nsteps:\n  - request: GET /v1/orders\n";
    await expect(confirmed(reads, { target })).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("nothing was sent"),
    });
  });

  test("and sends nothing beside --read-only", async () => {
    const safety = { readOnly: true, allowWrites: false, allowDestructive: false, only: [] };
    await expect(confirmed(STALE, { safety })).rejects.toMatchObject({ code: "usage" });
  });

  test("and says which values it cannot send again", async () => {
    let count = 0;
    const server = createServer((_request, response) => {
      count += 1;
      response.writeHead(count === 1 ? 200 : 409).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const steps = `  - request: PUT /v1/pin\n    json: { password: "swordfish-1" }\n`;
      const ran = await confirmed(`name: t\nsteps:\n${steps}${steps}`, {
        target: { kind: "http", baseUrl: `http://127.0.0.1:${port}` },
      });
      expect(ran.warnings.join()).toContain("values that were redacted");
      expect(count).toBe(2);
    } finally {
      server.close();
    }
  });
});

describe("a cause that is certain", () => {
  const shipped = [
    "key-reused-body-changed",
    "stale-etag",
    "stale-version",
    "state-locked",
    "duplicate-entity",
  ];

  test.each(shipped.flatMap((cause) => [`${cause}.yaml`, `${cause}.look-alike.yaml`]))(
    "stays what it is in %s",
    async (name) => {
      const text = readFileSync(`scenarios/causes/${name}`, "utf8");
      const without = refusalsOf(await confirmed(text, { confirm: async () => {} }));
      const after = new Set(refusalsOf(await confirmed(text)));
      expect(without.filter((each) => each.endsWith(" certain") && !after.has(each))).toEqual([]);
    },
  );
});
