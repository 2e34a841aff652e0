import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { filesBelow, gcidem, type Ran } from "./run-gcidem.js";

/** Every spelling in which a careless tool would write a secret down. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  // Inside longer base64 the letters depend on what stands before; the middle of each of three shifts is the same always.
  const shifted = [0, 1, 2].map((shift) => {
    const coded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    return coded.slice(shift === 0 ? 0 : 4, Math.floor((bytes.length + shift) / 3) * 4);
  });
  const urlSafe = shifted.map((coded) => coded.replaceAll("+", "-").replaceAll("/", "_"));
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ a: secret }).toString().slice(2),
    ...shifted,
    ...urlSafe,
  ];
}

/** Formats in which a saved run is shown again; a run writes the others itself. */
const FORMATS = ["terminal", "har", "html"];

/** A secret that must be nowhere, and the files in which the user has put it. */
export interface Hidden {
  readonly secrets: readonly string[];
  /** Ends of paths of files that hold it rightly. */
  readonly except?: readonly string[];
}

/** All that a command left behind: both outputs, every file below its folder, and its saved run once more. */
async function leftBehind(
  ran: Ran,
  cwd: string,
  except: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map([
    ["stdout", ran.stdout],
    ["stderr", ran.stderr],
  ]);
  for (const file of filesBelow(cwd))
    if (!except.some((end) => file.endsWith(end))) texts.set(file, readFileSync(file, "utf8"));
  if (![...texts.keys()].some((name) => name.endsWith("journal.ndjson"))) return texts;
  for (const format of FORMATS) {
    const shown = await gcidem(["report", "last", "--format", format], { cwd });
    // A run that read a variable of the environment cannot be judged again, and says so.
    expect(shown.stdout.length + shown.stderr.length).toBeGreaterThan(100);
    texts.set(`report --format ${format}`, shown.stdout + shown.stderr);
  }
  return texts;
}

/** Fails where one of the secrets stands anywhere in what a command left behind, in any spelling. */
export async function expectHidden(
  ran: Ran & { readonly cwd: string },
  { secrets, except = [] }: Hidden,
): Promise<void> {
  const texts = await leftBehind(ran, ran.cwd, except);
  const found = [...texts].flatMap(([name, text]) =>
    secrets
      .flatMap(spellings)
      .filter((spelled) => text.includes(spelled))
      .map((spelled) => `${name}: ${spelled}`),
  );
  expect(found).toEqual([]);
}
