import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GcidemError } from "../core/errors.js";
import { type HeaderList, headerValue } from "../core/http.js";
import { isLoopbackHost } from "../core/loopback.js";
import type { Diagnosis, Experiment } from "../diagnose/diagnose.js";
import type { Exchange } from "../journal/journal.js";
import { buildPlan } from "../plan/build-plan.js";
import type { RunPlan } from "../plan/plan.js";
import { mayBePlatform } from "../platform/vendor-hosts.js";
import { type DiagnosisGroup, groupDiagnoses, isSettled } from "../report/group-diagnoses.js";
import type { RunSection, SettlingFile } from "../report/report.js";
import { loadScenario } from "../scenario/load-scenario.js";
import { plannedWrites } from "./judge-writes.js";
import { canBeWritten, settlingScenario } from "./settling-scenario.js";

/** More files than these help nobody; the JSON report has every experiment. */
const MOST_FILES = 5;
const MOST_NUMBERS = 10_000;

/** What needs settling: one experiment, and all exchanges whose question is the same. */
interface Open {
  readonly experiment: Experiment;
  readonly diagnosis: Diagnosis;
  readonly exchange: Exchange;
  readonly exchanges: string[];
}

/** What nothing speaks for comes before what is likely already. */
function openFirst(groups: readonly DiagnosisGroup[]): readonly DiagnosisGroup[] {
  return [...groups.filter((each) => !isSettled(each)), ...groups.filter(isSettled)];
}

function openOnes(diagnoses: readonly Diagnosis[], exchangeOf: (id: string) => Exchange): readonly Open[] {
  const found = new Map<string, Open>();
  for (const group of openFirst(groupDiagnoses(diagnoses))) {
    const diagnosis = group.candidates.find(({ toConfirm }) => toConfirm !== null);
    const experiment = diagnosis?.toConfirm ?? null;
    if (diagnosis === undefined || experiment === null || !canBeWritten(experiment)) continue;
    const exchange = exchangeOf(group.exchange);
    const causes = group.candidates.map(({ cause }) => cause).join(" ");
    const name = `${exchange.request.method} ${exchange.request.url} ${causes}`;
    const same = found.get(name);
    if (same !== undefined) same.exchanges.push(group.exchange);
    else if (found.size < MOST_FILES)
      found.set(name, { experiment, diagnosis, exchange, exchanges: [group.exchange] });
  }
  return [...found.values()];
}

function holds(file: string, text: string): boolean {
  try {
    return readFileSync(file, "utf8") === text;
  } catch {
    return false;
  }
}

/** Writes to the next `settle-N.yaml` that is not there; one that says the same already stands for it. */
function writeNext(folder: string, text: string): string {
  for (let number = 1; number <= MOST_NUMBERS; number++) {
    const file = join(folder, `settle-${number}.yaml`);
    try {
      writeFileSync(file, text, { flag: "wx" });
      return file;
    } catch (error) {
      if ((error as { code?: string }).code === "EEXIST") {
        if (holds(file, text)) return file;
        continue;
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new GcidemError("output", `cannot write ${file}: ${reason}`, { cause: error });
    }
  }
  throw new GcidemError("output", `${folder} has ${MOST_NUMBERS} settle-N.yaml files already`, {
    hint: "remove those that are settled",
  });
}

const SHELL_SAFE = /^[\w@%+=:,./-]+$/;

function word(text: string): string {
  return SHELL_SAFE.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Credential headers of a request, as a person gives them again: from the environment, since no file may hold them. */
const CREDENTIALS: readonly (readonly [header: string, flag: string])[] = [
  ["authorization", '"Authorization: Bearer $TOKEN"'],
  ["cookie", '"Cookie: $COOKIE"'],
  ["x-api-key", '"X-Api-Key: $API_KEY"'],
  ["x-auth-token", '"X-Auth-Token: $TOKEN"'],
];

/** An export may lack credentials that were sent; the platform takes no request without. */
function credentialFlags(headers: HeaderList, hostname: string): readonly string[] {
  const flags = CREDENTIALS.filter(([name]) => headerValue(headers, name) !== null).map(([, flag]) => flag);
  const platform = !isLoopbackHost(hostname) && mayBePlatform(hostname);
  return flags.length === 0 && platform ? ['"Authorization: Bearer $TOKEN"'] : flags;
}

/** The command that runs a settling scenario where the recording came from, with the leave that it needs. */
function commandFor(file: string, plan: RunPlan, { request }: Exchange): string {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  const words = ["gcidem", "replay", word(file)];
  if (url === null) return words.join(" ");
  words.push("--target", word(url.origin));
  const credentials = credentialFlags(request.headers, url.hostname);
  for (const flag of credentials) words.push("-H", flag);
  for (const { name } of plan.scenario.variables) words.push("--var", `${name}=...`);
  const writes = plannedWrites(plan, []);
  const needsLeave = credentials.length > 0 || !isLoopbackHost(url.hostname);
  if (writes.length > 0 && needsLeave) words.push("--allow-writes");
  if (needsLeave && writes.some(({ destructive }) => destructive !== null)) words.push("--allow-destructive");
  return words.join(" ");
}

/** What an embedded mock holds ends with its run: the scenario makes it anew, and goes on by itself. */
function commandOnMock({
  target,
  scenario,
  seed,
}: Pick<RunSection, "target" | "scenario" | "seed">): string | null {
  if (target.kind !== "mock" || !existsSync(scenario.file)) return null;
  const words = ["gcidem", "replay", word(scenario.file)];
  if (target.policy !== null && target.policy !== "inline") words.push("--policy", word(target.policy));
  if (seed !== 1) words.push("--seed", String(seed));
  return [...words, "--confirm"].join(" ");
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** Where scenarios are written, and for what. */
interface SettlingPlace {
  readonly folder: string;
  readonly recording: string;
  /** The run that the exchanges are of; none where they were recorded elsewhere. */
  readonly run?: Pick<RunSection, "target" | "scenario" | "seed">;
}

/**
 * Writes a scenario for each question that the exchanges leave open, never over a file that is there. What a scenario
 * cannot say is left out; the JSON report has its experiment.
 * @throws GcidemError `output` where a file cannot be written.
 */
export function writeSettling(
  diagnoses: readonly Diagnosis[],
  exchangeOf: (id: string) => Exchange,
  { folder, recording, run }: SettlingPlace,
): readonly SettlingFile[] {
  return openOnes(diagnoses, exchangeOf).flatMap(({ experiment, diagnosis, exchange, exchanges }) => {
    const { request, response } = exchange;
    const refused = `${response?.status ?? "failed"} on ${request.method} ${pathOf(request.url)}`;
    const bodyMissing = request.missing?.includes("body") === true;
    const subject = { refused, recording, exchange: exchange.id, bodyMissing };
    const text = settlingScenario(experiment, diagnosis, subject);
    let plan: RunPlan;
    try {
      plan = buildPlan(loadScenario(text, "settle.yaml"));
    } catch (error) {
      if (error instanceof GcidemError) return [];
      throw error;
    }
    const file = writeNext(folder, text);
    const onMock = run === undefined ? null : commandOnMock(run);
    return [{ exchanges, file, command: onMock ?? commandFor(file, plan, exchange) }];
  });
}
