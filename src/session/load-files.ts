import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { GcidemError, invalidFile, type Problem, type SourcePosition } from "../core/errors.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { MAX_DOCUMENT_BYTES } from "../document/read-document.js";
import { sendingSteps } from "../plan/build-plan.js";
import type { Policy } from "../policy/policy.js";
import { presetPolicy } from "../policy/presets.js";
import { parsePolicy } from "../policy/read-policy.js";
import { faultableSteps } from "../scenario/check-fault-steps.js";
import { foreignFormat } from "../scenario/foreign-format.js";
import { loadScenario } from "../scenario/load-scenario.js";
import type { PolicyChoice, Scenario } from "../scenario/scenario.js";
import type { LoadedScenario } from "./session.js";

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "this user may not read it";
  return code === "EISDIR" ? "it is a folder" : (message ?? String(error));
}

const CHUNK_BYTES = 1 << 16;

/** All of a file, or more of it than a document may have: a pipe or a device has no size that could be asked for. */
function readBounded(file: string): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size <= MAX_DOCUMENT_BYTES; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      size += count;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(descriptor);
  }
}

/** A recording is larger than any document, and no size would make it one. */
function tooLarge(file: string, bytes: Buffer): Problem {
  const foreign = foreignFormat(bytes.toString("utf8", 0, CHUNK_BYTES), file);
  if (foreign !== null) return foreign;
  const size = Math.max(bytes.length, statSync(file).size);
  return {
    at: { file, line: 1, column: 1 },
    message: `the file has ${size} bytes, more than the ${MAX_DOCUMENT_BYTES} that a document may have`,
    hint: "put large bodies into files of their own and name them with bytesFrom",
  };
}

/**
 * Reads a text file of bounded size.
 * @throws GcidemError `invalid-file` where it cannot be read, is larger than a document may be, or is not UTF-8.
 */
export function readTextFile(file: string): string {
  try {
    const bytes = readBounded(file);
    if (bytes.length > MAX_DOCUMENT_BYTES) throw invalidFile(file, [tooLarge(file, bytes)]);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof GcidemError) throw error;
    const reason = error instanceof TypeError ? "it is not UTF-8 text" : reasonOf(error);
    throw new GcidemError("invalid-file", `cannot read ${file}: ${reason}; nothing was sent`, {
      cause: error,
    });
  }
}

/**
 * The real path of a file beside a scenario. Links are followed before the folder is compared, so that none leads out.
 * @throws GcidemError `invalid-file` where the file is missing or lies outside.
 */
export function resolveInside(folder: string, path: string, at: SourcePosition): string {
  const problem = (message: string, hint: string): GcidemError =>
    invalidFile(at.file, [{ at, message, hint }]);
  let real: string;
  try {
    real = realpathSync(resolve(folder, path));
  } catch (error) {
    throw problem(`cannot read ${path}: ${reasonOf(error)}`, "paths are relative to the scenario's folder");
  }
  const inside = relative(realpathSync(folder), real);
  if (inside === ".." || inside.startsWith(`..${sep}`) || resolve(inside) === inside) {
    throw problem(`${path} lies outside the scenario's folder`, "a scenario may only read files beside it");
  }
  if (!statSync(real).isFile()) throw problem(`${path} is no file`, "expected a file with the body's bytes");
  return real;
}

function readPolicyChoice(choice: PolicyChoice | null, folder: string | null): Policy | null {
  if (choice === null) return null;
  if (choice.kind === "inline") return choice.policy;
  if (choice.kind === "preset") return presetPolicy(choice.name);
  const file = folder === null ? choice.path : resolveInside(folder, choice.path, choice.at);
  return parsePolicy(readTextFile(file), relative(process.cwd(), file) || file);
}

/** A fault for a step that the scenario does not have would never strike. Of a policy in place the scenario's reader says it. */
function checkFaultSteps(scenario: Scenario, policy: Policy | null): void {
  const { policy: choice, file } = scenario;
  if (choice?.kind !== "file" || policy === null) return;
  const known = faultableSteps(scenario);
  const faults = [policy, ...policy.routes.map(({ overrides }) => overrides)].flatMap(
    (layer) => layer.faults ?? [],
  );
  const unknown = new Set(faults.flatMap(({ on }) => on.step ?? []).filter((id) => !known.includes(id)));
  const problems = [...unknown].map((id): Problem => {
    const expected = "expected the id of a step of this scenario that sends a request outside of races";
    const message = `${choice.path}: a fault is for the step ${JSON.stringify(id)}, ${expected}`;
    return { at: choice.at, message, ...didYouMeanHint(id, known) };
  });
  if (problems.length > 0) throw invalidFile(file, problems);
}

/** Bodies from files are looked at before the first step runs: a missing one must not end a run half-way. */
function checkBodyFiles(scenario: Scenario, folder: string | null): void {
  const steps = [...scenario.setUp, ...scenario.steps, ...scenario.cleanUp];
  const problems = steps.flatMap(sendingSteps).flatMap((step): readonly Problem[] => {
    const body = step.kind === "request" ? step.request.body : null;
    if (body?.kind !== "file") return [];
    try {
      resolveInside(folder ?? ".", body.path, body.at);
      return [];
    } catch (error) {
      if (error instanceof GcidemError) return error.problems;
      throw error;
    }
  });
  if (problems.length > 0) throw invalidFile(scenario.file, problems);
}

/** Where a scenario's text comes from. */
interface TextSource {
  readonly file: string;
  /** Null: it came from standard input. */
  readonly folder: string | null;
  /** Origins besides the target that its steps may name. */
  readonly otherOrigins: readonly string[];
}

/** Loads a scenario's text and what it names. `folder` null: it came from standard input. */
export function loadScenarioText(text: string, file: string, folder: string | null): LoadedScenario {
  return loadScenarioFrom(text, { file, folder, otherOrigins: [] });
}

/** Loads a scenario's text and what it names. @throws GcidemError `invalid-file` with all of its problems at once. */
export function loadScenarioFrom(text: string, { file, folder, otherOrigins }: TextSource): LoadedScenario {
  const scenario = loadScenario(text, file, { otherOrigins });
  checkBodyFiles(scenario, folder);
  const policy = readPolicyChoice(scenario.policy, folder);
  checkFaultSteps(scenario, policy);
  return {
    scenario,
    text,
    sha256: createHash("sha256").update(text).digest("hex"),
    folder,
    policy,
  };
}

/** Loads a scenario file; `label` is what it is called in reports and messages. @throws GcidemError `invalid-file` with all of its problems at once. */
export function loadScenarioFile(
  file: string,
  label: string = file,
  otherOrigins: readonly string[] = [],
): LoadedScenario {
  return loadScenarioFrom(readTextFile(file), { file: label, folder: dirname(file), otherOrigins });
}
