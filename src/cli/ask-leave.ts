import { GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";

/** What a person types; nothing where the terminal's input ends. @throws GcidemError `interrupted` on Ctrl-C */
async function ask(
  question: string,
  { sent, signal }: { readonly sent: string; readonly signal: AbortSignal },
): Promise<string> {
  // Few runs ask.
  const { createInterface } = await import("node:readline/promises");
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asked.question(question, { signal });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
    process.stderr.write("\n");
    if (error.message.includes("Ctrl+D")) return "";
    throw new GcidemError("interrupted", `interrupted; ${sent}`, { cause: error });
  } finally {
    asked.close();
  }
}

/** What is asked: how many writes, in words, and where they go. */
export interface Asked {
  readonly writes: string;
  readonly isOne: boolean;
  readonly baseUrl: string;
  /** True where reads were sent before. */
  readonly hasRead?: boolean;
}

/** True where a person can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks a person before writes leave for a real server.
 * @throws GcidemError `usage` where nobody can be asked or the answer is no.
 */
export async function askLeave(asked: Asked, signal: AbortSignal): Promise<void> {
  const { writes, isOne, baseUrl } = asked;
  if (!canAsk()) {
    throw new GcidemError(
      "usage",
      `${writes} to ${baseUrl} need${isOne ? "s" : ""} a yes; nothing was sent`,
      { hint: "give --yes where no terminal is there to be asked" },
    );
  }
  const question = `${writes} will be sent to ${printable(baseUrl)}. Go on? [y/N] `;
  const sent = asked.hasRead === true ? "only reads were sent" : "nothing was sent";
  if (!/^y(es)?$/i.test((await ask(question, { sent, signal })).trim()))
    throw new GcidemError("usage", `not confirmed; ${sent}`);
}
