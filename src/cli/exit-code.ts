import { type ErrorCode, GcidemError } from "../core/errors.js";
import type { Signal } from "../session/session.js";

/** What a command hands back: its exit code. */
export type SetExitCode = (code: number) => void;

/** Worst first: where several hold, the first one is the exit code (contracts.md, Exit codes). */
const PRECEDENCE: readonly number[] = [70, 130, 2, 3, 5, 1, 4, 6, 0];

const ERROR_CODES: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  refused: 2,
  output: 2,
  "invalid-file": 3,
  "not-supported": 3,
  unreachable: 4,
  login: 5,
  interrupted: 130,
};

const SIGNAL_CODES: Readonly<Record<Signal, number>> = {
  violated: 1,
  different: 1,
  undecided: 6,
  unanswered: 4,
  unauthorised: 5,
  refused: 2,
  budget: 4,
  "not-reproduced": 1,
  interrupted: 130,
};

/** The exit code of an error that ended the command. Anything but a GcidemError is a bug in gcidem. Pure. */
export function exitCodeOfError(error: unknown): number {
  return error instanceof GcidemError ? ERROR_CODES[error.code] : 70;
}

/** The exit code of one reason for which gcidem cannot go on. Pure. */
export function exitCodeOfReason(reason: ErrorCode): number {
  return ERROR_CODES[reason];
}

/** The exit code of a session that came to its end. Pure. */
export function exitCodeOfSignals(signals: readonly Signal[]): number {
  const codes = signals.map((signal) => SIGNAL_CODES[signal]);
  return PRECEDENCE.find((code) => codes.includes(code)) ?? 0;
}

/** Of two exit codes the one that matters more. Pure. */
export function worseExitCode(one: number, other: number): number {
  return PRECEDENCE.find((code) => code === one || code === other) ?? one;
}
