import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { GcidemError } from "../core/errors.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { REPORTERS, type ReporterName } from "./render-report.js";

/** Annotations are lines among others: they may share standard output with what a person reads. */
const BESIDE_ANNOTATIONS: readonly ReporterName[] = ["terminal", "markdown"];

/** One `--reporter name[=file]`. */
export interface WantedReporter {
  readonly name: ReporterName;
  /** Null: standard output. */
  readonly path: string | null;
}

function usage(message: string, hint: string): GcidemError {
  return new GcidemError("usage", `${message}; nothing was sent`, { hint });
}

function readName(word: string, among: readonly ReporterName[]): ReporterName {
  const name = among.find((each) => each === word);
  if (name !== undefined) return name;
  const there = `there are ${among.join(", ")}`;
  if (REPORTERS.some((each) => each === word)) throw usage(`--reporter ${word} is for runs`, there);
  throw usage(`there is no reporter "${word}"`, didYouMeanHint(word, among).hint ?? there);
}

function readOne(text: string, among: readonly ReporterName[]): WantedReporter {
  const [word = "", ...rest] = text.split("=");
  const path = rest.length === 0 ? null : rest.join("=");
  const name = readName(word, among);
  if (path === "")
    throw usage(`--reporter ${word}= names no file`, `such as ${word}=report.txt, or ${word} alone`);
  return { name, path };
}

function placeOf({ path }: WantedReporter): string {
  return path === null ? "standard output" : resolve(path);
}

/** True where two reporters would write over, or between the lines of, each other. */
function collide(a: WantedReporter, b: WantedReporter): boolean {
  if (placeOf(a) !== placeOf(b)) return false;
  const beside = (one: WantedReporter, other: WantedReporter): boolean =>
    one.name === "github" && one.path === null && BESIDE_ANNOTATIONS.includes(other.name);
  return !beside(a, b) && !beside(b, a);
}

function checkFolder({ path }: WantedReporter): void {
  if (path === null || existsSync(dirname(path))) return;
  throw new GcidemError(
    "output",
    `cannot write the report ${path}: there is no folder ${dirname(path)}; nothing was sent`,
    { hint: "make it first" },
  );
}

/**
 * Reads the values of `--reporter`, those `among` which a command has; without any, the terminal on standard output.
 * @throws GcidemError `usage` for an unknown name or two reporters to one place, `output` where a file has no folder.
 */
export function readReporters(
  texts: readonly string[],
  among: readonly ReporterName[] = ["terminal", "json"],
): readonly WantedReporter[] {
  const wanted = (texts.length === 0 ? ["terminal"] : texts).map((text) => readOne(text, among));
  const twice = wanted.find((one, index) => wanted.slice(0, index).some((other) => collide(one, other)));
  if (twice !== undefined)
    throw usage(
      `two reporters write to ${placeOf(twice)}`,
      `give one of them a file: --reporter ${twice.name}=${twice.path === null ? "report.txt" : "another"}`,
    );
  for (const each of wanted) checkFolder(each);
  return wanted;
}
