import { readFileSync } from "node:fs";
import { parseDuration } from "../core/duration.js";
import { GcidemError } from "../core/errors.js";
import type { HeaderList } from "../core/http.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { readDocument, requireValue } from "../document/read-document.js";
import { readTextFile } from "../session/load-files.js";
import type { Rounds, SessionOptions } from "../session/session.js";

function usage(message: string, hint: string): GcidemError {
  return new GcidemError("usage", message, { hint });
}

/** What a seed may be: the random source has 32 bits. */
const MAX_SEED = 0xffff_ffff;

/** A seed. @throws GcidemError `usage` */
export function readSeed(text: string): number {
  const seed = readCount("--seed", text);
  if (seed <= MAX_SEED) return seed;
  throw usage(`--seed: found ${text}, expected at most ${MAX_SEED}`, "such as 1");
}

/** Milliseconds of a flag's duration. @throws GcidemError `usage` */
export function readDuration(flag: string, text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs === null)
    throw usage(`${flag}: found "${text}", expected a duration`, "such as 250ms, 5s, 15m or 24h");
  return durationMs;
}

/** Milliseconds of a flag's duration, more than none. @throws GcidemError `usage` */
export function readTimeout(flag: string, text: string): number {
  const durationMs = readDuration(flag, text);
  if (durationMs > 0) return durationMs;
  throw usage(`${flag}: found "${text}", expected more than none`, "such as 250ms, 5s or 15m");
}

/** A flag's whole number, 0 or more. @throws GcidemError `usage` */
export function readCount(flag: string, text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw usage(`${flag}: found "${text}", expected a whole number`, "such as 100");
  return Number(text);
}

/** Requests a minute, such as `100` or `100/min`. @throws GcidemError `usage` */
export function readRate(text: string): number {
  const [, digits] = /^(\d{1,9})(?:\/min)?$/.exec(text) ?? [];
  if (digits !== undefined && Number(digits) > 0) return Number(digits);
  throw usage(
    `--max-rate: found "${text}", expected requests a minute, at least 1`,
    "such as 100 or 100/min",
  );
}

/** As many rounds as anybody can wait for. */
const MOST_ROUNDS = 1_000_000;

function readRoundCount(flag: string, text: string): number {
  const count = readCount(flag, text);
  if (count >= 1 && count <= MOST_ROUNDS) return count;
  throw usage(`${flag}: found ${text}, expected 1 to ${MOST_ROUNDS}`, "such as 50");
}

/** What `--rounds` and `--until-conflict` ask for; null where neither is given. @throws GcidemError `usage` */
export function readRounds(flags: {
  readonly rounds?: string;
  readonly untilConflict?: string;
}): Rounds | null {
  const { rounds, untilConflict } = flags;
  if (rounds !== undefined && untilConflict !== undefined) {
    throw usage(
      "--rounds and --until-conflict are given together, expected one of them",
      "--rounds runs them all, --until-conflict stops at the first conflict",
    );
  }
  if (rounds !== undefined) return { most: readRoundCount("--rounds", rounds), untilConflict: false };
  if (untilConflict === undefined) return null;
  return { most: readRoundCount("--until-conflict", untilConflict), untilConflict: true };
}

/** Every way of releasing a race. */
export const TECHNIQUES: readonly SessionOptions["technique"][] = [
  "auto",
  "h2",
  "last-byte",
  "warm",
  "naive",
];

/** What `--release-technique` means. @throws GcidemError `usage` */
export function readTechnique(text: string): SessionOptions["technique"] {
  const technique = TECHNIQUES.find((each) => each === text);
  if (technique !== undefined) return technique;
  const hint = didYouMeanHint(text, TECHNIQUES).hint ?? "auto takes HTTP/2 where the server speaks it";
  throw usage(`--release-technique: found "${text}", expected ${TECHNIQUES.join(", ")}`, hint);
}

/** `Name: value` lines of `-H`. @throws GcidemError `usage` */
export function readHeaders(lines: readonly string[]): HeaderList {
  return lines.map((line) => {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n\0]*)$/.exec(line) ?? [];
    // What stands there may be a credential: it is not repeated.
    if (name === undefined || value === undefined)
      throw usage('-H: found no header in what was given, expected "Name: value"', "one header a flag");
    return [name, value] as const;
  });
}

/** Path prefixes of `--only`. An empty one, as an unset shell variable gives it, would allow everything. @throws GcidemError `usage` */
export function readPathPrefixes(prefixes: readonly string[]): readonly string[] {
  const bad = prefixes.find((prefix) => !prefix.startsWith("/"));
  if (bad === undefined) return prefixes;
  throw usage(`--only: found "${bad}", expected a path that starts with /`, "such as --only /v1/orders");
}

/** `name=value` pairs of `--var`, over what `--vars FILE` gives. @throws GcidemError `usage` or `invalid-file` */
export function readVariables(
  pairs: readonly string[],
  file: string | undefined,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (file !== undefined) {
    const { value } = requireValue(readDocument(readTextFile(file), file), file);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new GcidemError("invalid-file", `${file}: expected a map of names to values; nothing was sent`);
    }
    for (const [name, each] of Object.entries(value))
      values.set(name, typeof each === "string" ? each : JSON.stringify(each));
  }
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1)
      throw usage(`--var: found "${pair}", expected name=value`, "such as --var conversationId=...");
    values.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return values;
}

/** PEM text of `--cacert`. @throws GcidemError `usage` */
export function readCertificates(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : (code ?? "it failed");
    throw usage(`--cacert: cannot read ${file}: ${reason}; nothing was sent`, "expected a PEM file");
  }
  throw usage(`--cacert: ${file} holds no PEM certificate`, "expected -----BEGIN CERTIFICATE-----");
}
