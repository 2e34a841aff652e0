/** A place in a file that a person wrote. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong in a file: where, what was found, what was expected, and what to do. */
export interface Problem {
  readonly at: SourcePosition;
  readonly message: string;
  readonly hint?: string;
}

/**
 * Why gcidem cannot go on. Only `cli/exit-code.ts` knows which number each becomes.
 *
 * - `usage`: wrong flags or a missing setting; nothing was sent
 * - `refused`: a write without leave, or a request to another host
 * - `output`: a journal or report could not be written
 * - `invalid-file`: a scenario, policy or journal is unreadable or invalid; nothing was sent
 * - `not-supported`: the file or flag is valid but this version cannot do it; nothing was sent
 * - `unreachable`: no server, or the request budget is used up
 * - `login`: gcidem's own login was refused; no step was sent
 * - `interrupted`: the user stopped the run
 */
export type ErrorCode =
  | "usage"
  | "refused"
  | "output"
  | "invalid-file"
  | "not-supported"
  | "unreachable"
  | "login"
  | "interrupted";

/** gcidem cannot go on. A status code or a failed check is data, never this. */
export class GcidemError extends Error {
  override readonly name = "GcidemError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    more: { readonly hint?: string; readonly cause?: unknown; readonly problems?: readonly Problem[] } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.hint = more.hint;
    this.problems = more.problems ?? [];
  }
}

/** Makes the one error that carries all of a file's problems, in the order of the file. Pure. */
export function invalidFile(file: string, problems: readonly Problem[]): GcidemError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const sorted = [...problems].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  return new GcidemError("invalid-file", `${file}: ${count}; nothing was sent`, { problems: sorted });
}

/** The place of a text's character, counted from 0, in the file that it is. Pure. */
export function positionAt(file: string, text: string, offset: number): SourcePosition {
  const before = text.slice(0, offset);
  return { file, line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

/** `file:line:column`, the form that editors and terminals make clickable. Pure. */
export function formatPosition(at: SourcePosition): string {
  return `${at.file}:${at.line}:${at.column}`;
}
