import { formatPosition, GcidemError } from "../core/errors.js";
import { printable } from "../core/printable.js";
import { replaceBySight } from "../core/secret-sight.js";

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

/** What a message quotes of a file or a flag may hold a credential, and logs of CI are kept. */
function withoutSecrets(text: string): string {
  return replaceBySight(text, () => "<secret>");
}

/** What a person reads on stderr when gcidem cannot go on: where, what, and what to do. Pure. */
export function describeError(error: unknown, verbose: boolean): string {
  if (error instanceof GcidemError)
    return `${[...lines(error)].map(withoutSecrets).map(indented).join("\n")}\n`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const shown = verbose || !(error instanceof Error) ? stack : error.message;
  return `gcidem: this is a bug in gcidem, not in your scenario: ${indented(shown)}\n    run it again with --verbose and report what it prints\n`;
}
