import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replay } from "../../../src/index.js";
import type { Exchange } from "../../../src/journal/journal.js";
import { asScenarioFile, isSequential } from "./as-scenario-file.js";
import { drive } from "./drive/drive.js";
import { toExchanges } from "./drive/to-exchanges.js";
import { INSTANTS, newRenamer } from "./judge/normalise.js";
import { firstSeed, TARGETS } from "./plan.js";
import type { Scenario } from "./scenario.js";
import { scenarioOf } from "./scenes/random-scene.js";

/** What depends on the port, the clock and the length of other values. */
const OF_THE_WAY = new Set(["host", "date", "age", "content-length", "user-agent", "inin-ratelimit-reset"]);

function headersOf(headers: Exchange["request"]["headers"]): readonly string[] {
  return headers
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter((line) => !OF_THE_WAY.has(line.split(":")[0] ?? ""))
    .sort();
}

function withoutTimes(exchange: Exchange): unknown {
  const { request, response, error, step, idempotencyKey, ifMatch, etag, version, writer } = exchange;
  return {
    step,
    writer,
    sent: [
      request.method,
      request.url.replace(/^https?:\/\/[^/]+/, ""),
      headersOf(request.headers),
      request.body,
    ],
    received: response === null ? null : [response.status, headersOf(response.headers), response.body],
    error: error === null ? null : [error.code, error.phase],
    read: { idempotencyKey, ifMatch, etag, version },
  };
}

/** Ids, tokens and secrets by the order in which they appear. */
function normalised(exchanges: readonly Exchange[]): readonly unknown[] {
  const rename = newRenamer();
  const numbers = new Map<string, number>();
  return exchanges.map((exchange) => {
    const text = JSON.stringify(withoutTimes(exchange))
      .replace(INSTANTS, "")
      .replace(/<secret:\d+>/g, (found) => {
        const number = numbers.get(found) ?? numbers.size + 1;
        numbers.set(found, number);
        return `<secret ${number}>`;
      });
    return JSON.parse(rename(text)) as unknown;
  });
}

/** A second of the calendar may end between two requests of the one and not of the other. */
function isTimeless({ policy }: Scenario): boolean {
  return policy.concurrency.meaning !== "mtime-seconds" && policy.rateLimit === null;
}

function firstOf(target: (typeof TARGETS)[number]): Scenario {
  for (let seed = firstSeed(target); seed < firstSeed(target) + 200; seed++) {
    const scenario = scenarioOf(seed, target);
    if (isSequential(scenario) && isTimeless(scenario)) return scenario;
  }
  throw new Error(`no scenario of ${target} can be written down as a file`);
}

/** What is about overlap or a client that hangs up can only be driven; a limit of requests is about the clock. */
const NOT_SEQUENTIAL = new Set<string>(["key-in-flight", "key-stuck", "rate-limited"]);

const SAMPLE = TARGETS.filter((target) => !NOT_SEQUENTIAL.has(target));

describe("the driver gives the exchanges that a replay over sockets gives", () => {
  let out = "";
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), "gcidem-driver-"));
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test.each(SAMPLE)("%s", async (target) => {
    const scenario = firstOf(target);
    const happened = await drive(scenario);
    const { runs } = await replay(asScenarioFile(scenario, happened), {
      out,
      seed: scenario.seed,
      policy: scenario.policy,
    });
    const [run] = runs;
    const sent = new Set(happened.map(({ send }) => send.id));
    const real = [...(run?.exchanges ?? [])].filter(({ step }) => sent.has(step));
    expect(normalised(real)).toEqual(normalised(toExchanges(happened)));
  });
});
