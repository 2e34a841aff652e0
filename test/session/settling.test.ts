import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseJson, writeJson } from "../../src/core/json.js";
import type { Diagnosis, Experiment, ExperimentStep } from "../../src/diagnose/diagnose.js";
import type { Exchange } from "../../src/journal/journal.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import type { SendingStep } from "../../src/scenario/scenario.js";
import { canBeWritten, settlingScenario } from "../../src/session/settling-scenario.js";
import { writeSettling } from "../../src/session/write-settling.js";
import { exchangeOf } from "../report/build-report.js";

const READ: ExperimentStep = { id: "read", request: "GET /v1/orders/7", capture: { etag: "header ETag" } };

function experimentOf(...steps: readonly ExperimentStep[]): Experiment {
  const meanings = [
    { outcome: "2xx", causes: ["stale-etag"] as const },
    { outcome: "409 again", causes: [] },
  ];
  return { what: "read, then send e1 again", steps, meanings, reads: 1, writes: 1 };
}

function scenarioOf(...steps: readonly ExperimentStep[]): string {
  const subject = {
    refused: "409 on PUT /v1/orders/7",
    recording: "export.har",
    exchange: "e1",
    bodyMissing: false,
  };
  return settlingScenario(experimentOf(...steps), { exchange: "e1" }, subject);
}

/** The parts of a template, joined: what is literal comes out as it was sent. */
function literal(template: { readonly parts: readonly unknown[] } | undefined | null): unknown {
  if (template === undefined || template === null) return null;
  return template.parts.every((part) => typeof part === "string") ? template.parts.join("") : template.parts;
}

function requestIn(text: string): Extract<SendingStep, { kind: "request" }>["request"] {
  const step = loadScenario(text, "settle-1.yaml").steps.at(-1);
  if (step?.kind !== "request") throw new Error("expected a request");
  return step.request;
}

describe("the scenario that settles what is open", () => {
  test("says what it is for and what each outcome means, and runs as it is", () => {
    const again: ExperimentStep = {
      ...{
        id: "again",
        request: "PUT /v1/orders/7?x=1",
        ifMatch: "$(read.etag)",
        idempotencyKey: "$(uuid())",
      },
      headers: {
        "Content-Type": "application/json",
        "Sec-Fetch-Mode": "cors",
        Referer: "https://app.example.com/",
      },
      json: parseJson('{"tier":"gold","n":1}'),
    };
    expect(
      scenarioOf(READ, again),
    ).toBe(`# Written by gcidem diagnose for e1 of export.har: read, then send e1 again.
#   2xx -> stale-etag
#   409 again -> none of these
name: "Settle the 409 on PUT /v1/orders/7"
steps:
  - id: read
    request: "GET /v1/orders/7"
    capture:
      etag: "header ETag"
  - id: again
    request: "PUT /v1/orders/7?x=1"
    idempotencyKey: "$(uuid())"
    ifMatch: "$(read.etag)"
    headers:
      "Content-Type": "application/json"
    json: {"tier":"gold","n":1}
`);
  });

  test("waits, and puts what a template gives into the query and the body, and into nothing else", () => {
    const text = scenarioOf(READ, {
      ...{ id: "again", request: "PUT /v1/orders/7?requestId=abc&x=%241", waitMs: 10_000 },
      json: parseJson('{"version":3,"note":"$(read.version)"}'),
      ...{ queryFrom: { requestId: "$(uuid())" }, jsonFrom: { version: "$(read.etag)" } },
    });
    expect(text).toContain(`  - wait: 10s
  - id: again
    request: "PUT /v1/orders/7?requestId=$(uuid())&x=%241"
    json: {"version":"$(read.etag)","note":"$$(read.version)"}
`);
  });

  test("asks for what was redacted", () => {
    const text = scenarioOf({
      ...{ id: "again", request: "PUT /v1/orders/%3Csecret:2%3E", headers: { "X-Pin": "<secret:2>" } },
      json: parseJson('{"password":"<secret:1>"}'),
    });
    const { variables } = loadScenario(text, "settle-1.yaml");
    expect(variables.map(({ name, ask }) => [name, ask === null])).toEqual([
      ["secret2", false],
      ["secret1", false],
    ]);
  });

  test("asks for a body that was not recorded, instead of sending none", () => {
    const subject = { refused: "409", recording: "worker.log", exchange: "e1", bodyMissing: true };
    const again: ExperimentStep = { id: "again", request: "PUT /v1/orders/7" };
    const text = settlingScenario(experimentOf(READ, again), { exchange: "e1" }, subject);
    expect(loadScenario(text, "settle-1.yaml").variables.map(({ name, ask }) => [name, ask])).toEqual([
      ["body", "the body that was sent (the recording does not have it)"],
    ]);
    expect(requestIn(text).body?.kind).toBe("text");
  });

  test("takes nothing that was sent for a template, and no number for another", () => {
    const text = scenarioOf({
      ...{ id: "again", request: "PUT /v1/orders/7", idempotencyKey: "$(env.HOME)", ifMatch: "$(read.etag)" },
      json: parseJson('{"price":1.0}'),
    });
    const request = requestIn(text);
    expect(literal(request.idempotencyKey?.value)).toBe("$(env.HOME)");
    expect(literal(request.ifMatch)).toBe("$(read.etag)");
    expect(request.body?.kind === "text" ? literal(request.body.text) : null).toBe('{"price":1.0}');
  });

  test("sends whatever text was sent, byte for byte", () => {
    const printable = fc
      .string({ unit: "grapheme", maxLength: 40 })
      .map((text) => text.replace(/\p{Cc}/gu, ""));
    const odd = fc.oneof(
      printable,
      fc.constantFrom(
        "$(",
        "$$(x)",
        "$(uuid())",
        "a: b",
        "# c",
        "'",
        '"',
        "\\",
        "\u007f\u0085\u2028",
        "<secret>",
      ),
    );
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 5 }), (parts) => {
        const text = parts.join("");
        const step: ExperimentStep = { id: "again", request: "POST /v1/orders", text };
        fc.pre(canBeWritten(experimentOf(step)) && !text.includes("<secret") && text !== "$(uuid())");
        const { body } = requestIn(scenarioOf(step));
        expect(body?.kind === "text" ? literal(body.text) : null).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test("sends whatever JSON was sent", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (text) => {
        const json = parseJson(text);
        const step: ExperimentStep = { id: "again", request: "POST /v1/orders", json };
        fc.pre(canBeWritten(experimentOf(step)));
        const { body } = requestIn(scenarioOf(step));
        if (body?.kind === "text") expect(literal(body.text)).toBe(writeJson(json));
        else expect(body?.kind).toBe("json");
      }),
      {
        numRuns: 200,
        // What no document of YAML can hold as a name, or holds as another one.
        examples: [[`{"__proto__":{}}`], [`{"a":[{"__proto__":1}]}`], [`{"<<":{"a":1}}`], [`{"":1}`]],
      },
    );
  });
});

describe("the file that it is written to", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gcidem-settle-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const exchange = (id: string, more: Partial<Parameters<typeof exchangeOf>[0]> = {}): Exchange => ({
    ...exchangeOf({ step: id, request: "PUT /v1/orders/7", status: 409, ...more }, 0),
    id,
  });

  function openDiagnosis(id: string): Diagnosis {
    return {
      ...{ kind: "refusal", cause: "stale-etag", certainty: "possible", exchange: id, movedBy: null },
      ...{ evidence: [], ruledOut: [], explanation: "", remedy: "", missing: [] },
      toConfirm: experimentOf(READ, { id: "again", request: "PUT /v1/orders/7", ifMatch: "$(read.etag)" }),
    };
  }

  function write(
    diagnoses: readonly Diagnosis[],
    of: (id: string) => Exchange = exchange,
  ): readonly string[] {
    return writeSettling(diagnoses, of, { folder, recording: "export.har" }).map(({ command }) => command);
  }

  test("has the next free number, and never replaces one that is there", () => {
    writeFileSync(join(folder, "settle-1.yaml"), "mine");
    write([openDiagnosis("e1")]);
    expect(readdirSync(folder)).toEqual(["settle-1.yaml", "settle-2.yaml"]);
    expect(readFileSync(join(folder, "settle-1.yaml"), "utf8")).toBe("mine");
  });

  test("is the one that is there where it says the same", () => {
    expect(write([openDiagnosis("e1")])).toEqual(write([openDiagnosis("e1")]));
    expect(readdirSync(folder)).toEqual(["settle-1.yaml"]);
  });

  test("is one for all exchanges with the same question", () => {
    const files = writeSettling([openDiagnosis("e1"), openDiagnosis("e5")], exchange, {
      folder,
      recording: "x",
    });
    expect(files).toMatchObject([{ exchanges: ["e1", "e5"], file: join(folder, "settle-1.yaml") }]);
  });

  test("is none where nothing is open", () => {
    expect(write([{ ...openDiagnosis("e2"), toConfirm: null }])).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is run by a command with the leave that it needs, and no more", () => {
    const at = (url: string, headers: readonly (readonly [string, string])[] = []): Exchange => ({
      ...exchange("e1"),
      request: { ...exchange("e1").request, url, headers },
    });
    const file = join(folder, "settle-1.yaml");
    const commandAt = (...place: Parameters<typeof at>): readonly string[] =>
      write([openDiagnosis("e1")], () => at(...place));
    expect(commandAt("http://127.0.0.1:8080/v1/orders/7")).toEqual([
      `gcidem replay ${file} --target http://127.0.0.1:8080`,
    ]);
    expect(commandAt("https://api.example.com/v1/orders/7")).toEqual([
      `gcidem replay ${file} --target https://api.example.com --allow-writes`,
    ]);
    expect(
      commandAt("https://api.example.com/v1/orders/7", [["Authorization", "Bearer <secret:1>"]]),
    ).toEqual([
      `gcidem replay ${file} --target https://api.example.com -H "Authorization: Bearer $TOKEN" --allow-writes`,
    ]);
  });

  test("of a run on the mock is run by its scenario, since what the mock held has ended with it", () => {
    const scenario = join(folder, "mine.yaml");
    writeFileSync(scenario, "steps: []");
    const run = {
      target: { kind: "mock", baseUrl: "http://127.0.0.1:1", policy: "rfc9110", policyDescription: null },
      scenario: { name: "mine", description: "", file: scenario, sha256: "" },
      seed: 7,
    } as const;
    const [made] = writeSettling([openDiagnosis("e1")], exchange, { folder, recording: "r", run });
    expect(made?.command).toBe(`gcidem replay ${scenario} --policy rfc9110 --seed 7 --confirm`);
  });
});
