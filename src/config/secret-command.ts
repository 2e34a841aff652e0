import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { GcidemError } from "../core/errors.js";

/** How long a command may take that prints a secret: a keychain that waits for a person would wait for ever in CI. */
const SECRET_COMMAND_LIMIT_MS = 10_000;

const MOST_BYTES = 65_536;

/** A command as a config file names it. */
export interface SecretCommand {
  readonly command: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the config file names it: file, line and column. */
  readonly at: string;
}

type Printing = ChildProcessByStdio<null, Readable, null>;

function failed({ command, at }: SecretCommand, what: string, hint?: string): GcidemError {
  const message = `${at}: the command ${command[0]}, which should print a secret, ${what}; nothing was sent`;
  return new GcidemError("usage", message, hint === undefined ? {} : { hint });
}

/** Node throws at once for an empty name or a NUL. */
function start(named: SecretCommand): Printing {
  const { command, folder, env } = named;
  const [program = "", ...rest] = command;
  try {
    return spawn(program, rest, { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw failed(named, `could not be run (${code})`);
  }
}

/**
 * What a command prints, without a shell. Its standard error is not shown, and no error repeats what it printed: it may be
 * the secret.
 * @throws GcidemError `usage` where it cannot be run, fails, takes too long or prints too much
 */
export function runSecretCommand(
  named: SecretCommand,
  limitMs: number = SECRET_COMMAND_LIMIT_MS,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = start(named);
    const chunks: Buffer[] = [];
    let bytes = 0;
    const give = (error: GcidemError): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      // What it started may live on and keep the pipe open: gcidem does not wait for that.
      child.stdout.destroy();
      child.unref();
      reject(error);
    };
    const timer = setTimeout(() => {
      const hint = "run it by hand: does it wait for a password or a key?";
      give(failed(named, `printed none within ${limitMs / 1000} s and was stopped`, hint));
    }, limitMs);
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > MOST_BYTES) give(failed(named, `printed more than ${MOST_BYTES} bytes`));
    });
    child.on("error", ({ code }: NodeJS.ErrnoException) =>
      give(failed(named, code === "ENOENT" ? "was not found" : `could not be run (${code ?? "unknown"})`)),
    );
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(Buffer.concat(chunks).toString("utf8"));
      else reject(failed(named, signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`));
    });
  });
}
