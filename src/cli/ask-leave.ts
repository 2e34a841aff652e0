import { createInterface } from "node:readline/promises";
import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";

/** What a person types; nothing where the terminal's input ends. @throws GcidemError `interrupted` on Ctrl-C */
async function ask(question: string, signal: AbortSignal): Promise<string> {
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asked.question(question, { signal });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
    process.stderr.write("\n");
    if (error.message.includes("Ctrl+D")) return "";
    throw new GcidemError("interrupted", "interrupted; nothing was sent", { cause: error });
  } finally {
    asked.close();
  }
}

/** What is asked: how many writes, in words, and where they go. */
export interface Asked {
  readonly writes: string;
  readonly isOne: boolean;
  readonly baseUrl: string;
}

/**
 * Asks a person before writes leave for a real server.
 * @throws GcidemError `usage` where nobody can be asked or the answer is no.
 */
export async function askLeave({ writes, isOne, baseUrl }: Asked, signal: AbortSignal): Promise<void> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new GcidemError(
      "usage",
      `${writes} to ${baseUrl} need${isOne ? "s" : ""} a yes; nothing was sent`,
      { hint: "give --yes where no terminal is there to be asked" },
    );
  }
  const question = `${writes} will be sent to ${printable(baseUrl)}. Go on? [y/N] `;
  if (!/^y(es)?$/i.test((await ask(question, signal)).trim()))
    throw new GcidemError("usage", "not confirmed; nothing was sent");
}
