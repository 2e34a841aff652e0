import { worseExitCode } from "./exit-code.js";

/** An error of a stream that says why no more can be written to it. */
type WriteError = Error & { readonly code?: string };

const OUTPUT_FAILED = 2;

/** Errors that only say that whoever read the output has had enough (`gcidem ... | head`). */
const READER_LEFT: readonly string[] = ["EPIPE", "ERR_STREAM_DESTROYED", "ECONNRESET"];

/**
 * Sees to standard output that cannot be written to for the rest of the process: a closed pipe ends the output, not
 * the command; a full disk is said on stderr and becomes the exit code, unless that is a worse one already.
 */
export function watchStandardOutput(): void {
  let failed = false;
  process.stdout.on("error", ({ code, message }: WriteError) => {
    if (failed || (code !== undefined && READER_LEFT.includes(code))) return;
    failed = true;
    process.stderr.write(`gcidem: cannot write to standard output: ${message}\n`);
    process.once("exit", (exitCode) => {
      process.exitCode = worseExitCode(exitCode, OUTPUT_FAILED);
    });
  });
}

/** Resolves once the reader has caught up or is gone. */
function caughtUp(): Promise<void> {
  return new Promise((resolve) => {
    const events = ["drain", "close", "error"] as const;
    const done = (): void => {
      for (const event of events) process.stdout.off(event, done);
      resolve();
    };
    for (const event of events) process.stdout.on(event, done);
  });
}

/** Writes pieces to standard output at the pace of the reader; stops where nothing more can be written. */
export async function writeOut(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (process.stdout.destroyed) return;
    if (!process.stdout.write(piece)) await caughtUp();
  }
}
