import { once } from "node:events";
import { GcidemError } from "../core/errors.js";
import { isLoopbackHost } from "../core/loopback.js";
import { printable } from "../core/printable.js";
import type { Policy } from "../policy/policy.js";
import { choosePolicy } from "../session/choose-policy.js";
import type { ServedMock, ServeOptions } from "../session/serve-mock.js";
import { type Interrupts, watchInterrupts } from "./interrupts.js";
import type { MockFlags } from "./mock-flags.js";
import { readCount, readSeed } from "./read-arguments.js";
import { readTls } from "./read-tls.js";
import { writeOut } from "./standard-output.js";

const MAX_PORT = 65_535;

function readPort(text: string): number {
  const port = readCount("--port", text);
  if (port <= MAX_PORT) return port;
  throw new GcidemError("usage", `--port: found ${text}, expected at most ${MAX_PORT}`, {
    hint: "0 takes any free one",
  });
}

function readHost(text: string): string {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (/^[\w.:%-]+$/.test(bare)) return bare;
  throw new GcidemError("usage", `--host: found "${text}", expected an address or a name`, {
    hint: "such as 127.0.0.1 or ::1; the port is --port",
  });
}

/** A store's address may hold a password: it is not repeated. */
function readStore(text: string): string {
  if (text === "memory") return text;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== "") return text;
  throw new GcidemError("usage", "--store: expected memory or redis://HOST:PORT", {
    hint: "such as redis://127.0.0.1:6379",
  });
}

function shownStore(store: string): string {
  if (store === "memory") return store;
  const { protocol, host, pathname } = new URL(store);
  return `${protocol}//${host}${pathname}`;
}

function say(line: string): void {
  process.stderr.write(`gcidem: ${printable(line)}\n`);
}

function readOptions(flags: MockFlags): ServeOptions {
  const store = readStore(flags.store);
  if (flags.state !== undefined && store !== "memory") {
    throw new GcidemError("usage", "--state: found --store redis, where the state is already", {
      hint: "leave one of them out",
    });
  }
  return {
    port: readPort(flags.port),
    host: readHost(flags.host),
    store,
    seed: readSeed(flags.seed),
    tls: readTls(flags),
    stateFile: flags.state ?? null,
    policy: choosePolicy(flags.policy),
    onAccess: flags.verbose ? (line) => void process.stderr.write(`${line}\n`) : null,
    onSuggestion: flags.quiet ? null : say,
    onWarning: say,
  };
}

async function explain(policy: Policy): Promise<void> {
  const { explainPolicy } = await import("../policy/explain-policy.js");
  const lines = function* (): Generator<string> {
    for (const line of explainPolicy(policy)) yield `${line.split("\n").map(printable).join("\n")}\n`;
  };
  await writeOut(lines());
}

/** What a person needs who just started it, on stderr: stdout has the address alone. */
function* introduction(served: ServedMock, options: ServeOptions): Generator<string> {
  yield `the mock obeys ${options.policy.name}: ${options.policy.description}`;
  yield `store ${shownStore(options.store)}, seed ${options.seed}${options.stateFile === null ? "" : `, state saved in ${options.stateFile} on a clean stop`}`;
  if (served.controlled)
    yield `control under ${served.url}/__gcidem/ (clock, trace, reset, policy, state, fault, token)`;
  yield "Ctrl-C or SIGTERM stops it";
}

/** Exposure is said even to those who want it quiet. */
function warnOfHost({ host }: ServeOptions): void {
  if (isLoopbackHost(host)) return;
  say(
    `listening on ${host}: others can reach this mock, which lets anybody in who asks for a token; there are no control endpoints`,
  );
}

async function untilInterrupted({ signal }: Interrupts): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

/**
 * Runs `gcidem mock` until SIGINT or SIGTERM, which is how it ends well: the exit code is 0. A second signal ends it at
 * once.
 * @throws GcidemError
 */
export async function mock(flags: MockFlags): Promise<number> {
  const options = readOptions(flags);
  if (flags.explain) {
    await explain(options.policy);
    return 0;
  }
  const interrupts = watchInterrupts(
    "stopping; requests in flight have 5 s to be answered (once more to stop at once)",
  );
  try {
    const { serveMock } = await import("../session/serve-mock.js");
    const served = await serveMock(options);
    process.stdout.write(`listening on ${served.url}\n`);
    warnOfHost(options);
    if (!flags.quiet) for (const line of introduction(served, options)) say(line);
    await untilInterrupted(interrupts);
    await served.stop();
    return 0;
  } finally {
    interrupts.close();
  }
}
