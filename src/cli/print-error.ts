import { formatPosition, GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";

function indented(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

function* lines(error: GcidemError): Generator<string> {
  for (const { at, message, hint } of error.problems) {
    yield `${formatPosition(at)}: ${message}`;
    if (hint !== undefined) yield `    ${hint}`;
  }
  yield `gcidem: ${error.message}`;
  if (error.hint !== undefined) yield `    ${error.hint}`;
}

/** What a person reads on stderr when gcidem cannot go on: where, what, and what to do. Pure. */
export function describeError(error: unknown, verbose: boolean): string {
  if (error instanceof GcidemError) return `${[...lines(error)].map(indented).join("\n")}\n`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const shown = verbose || !(error instanceof Error) ? stack : error.message;
  return `gcidem: this is a bug in gcidem, not in your scenario: ${indented(shown)}\n    run it again with --verbose and report what it prints\n`;
}
