import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

/** True where Chromium can be started. */
export const HAS_CHROMIUM: boolean = (process.env.PATH ?? "")
  .split(delimiter)
  .some((folder) => existsSync(join(folder, "chromium")));

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--no-proxy-server",
  "--remote-debugging-pipe",
  "--remote-debugging-port=0",
  "--remote-allow-origins=*",
];

/** A browser with a page, and its own network panel beside it. */
export interface Chromium {
  /**
   * Runs an expression in the page, waits for its promise, and gives its JSON value. A page must read each answer to its
   * end: until then the panel takes it for unfinished, and an export waits for it.
   */
  readonly inPage: (expression: string) => Promise<unknown>;
  /** What the network panel's "Export HAR" writes. `sanitized`: Chrome's default, without credentials. */
  readonly exportHar: (options: { readonly sanitized: boolean }) => Promise<string>;
  readonly close: () => Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

type Send = (method: string, params?: object, sessionId?: string) => Promise<unknown>;

/** The DevTools protocol over the browser's own pipe: JSON texts that end with a NUL. */
function openPipe(browser: ChildProcess): Send {
  const [, , , outgoing, incoming] = browser.stdio as readonly unknown[];
  const waiting = new Map<number, (message: Message) => void>();
  let [rest, last] = ["", 0];
  (incoming as Readable).setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\0");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id !== undefined) waiting.get(message.id)?.(message);
    }
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ error, result }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${error.message}`)),
      );
      (outgoing as Writable).write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}

/** Opens a tab. Gives its own id, and the session that speaks with it. */
async function openTab(
  send: Send,
  url: string,
): Promise<{ readonly target: string; readonly session: string }> {
  const { targetId } = (await send("Target.createTarget", { url })) as { targetId: string };
  const attached = await send("Target.attachToTarget", { targetId, flatten: true });
  return { target: targetId, session: (attached as { sessionId: string }).sessionId };
}

function evaluateIn(send: Send, session: string): (expression: string) => Promise<unknown> {
  return async (expression) => {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = (await send("Runtime.evaluate", params, session)) as {
      readonly result: { readonly value?: unknown };
      readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
    };
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? "the page threw something");
    return result.value;
  };
}

/** Asks until something is there: a browser says when it is ready in no other way. */
async function until<T>(ask: () => Promise<T | null> | T | null, what: string): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await ask();
    if (found !== null) return found;
    await pause(50);
  }
  throw new Error(`waited in vain for ${what}`);
}

/** The panel's own code, by the names of its modules. */
const REQUESTS = `(await import("./models/logs/logs.js")).NetworkLog.NetworkLog.instance().requests()`;

function exportExpression(sanitized: boolean): string {
  return `(async () => {
    const { Writer } = await import("./models/har/har.js");
    const pieces = [];
    const stream = { write: async (piece) => { pieces.push(piece); }, close() {} };
    const progress = { canceled: false, title: "", totalWork: 0, worked: 0, done: false };
    await Writer.Writer.write(stream, ${REQUESTS}, { sanitize: ${sanitized} }, progress);
    return pieces.join("");
  })()`;
}

/** Ends the browser with its helper processes, which outlive it otherwise and go on writing. */
function killGroup(browser: ChildProcess): void {
  if (browser.pid === undefined) return;
  try {
    process.kill(-browser.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** A process that is being killed may still have made a file in a folder that was read already. */
async function removeFolder(folder: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === 50 || (error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
      await pause(50);
    }
  }
}

/** Starts Chromium, opens a page in it, and the network panel of that page in another tab. Close it. */
export async function startChromium(url: string): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), "gcidem-chromium-"));
  const browser = spawn("chromium", [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    browser.once("close", () => resolve());
  });
  const close = async (): Promise<void> => {
    killGroup(browser);
    await ended;
    await removeFolder(profile);
  };
  try {
    const send = openPipe(browser);
    const portFile = join(profile, "DevToolsActivePort");
    const port = await until(
      () => (existsSync(portFile) ? readFileSync(portFile, "utf8").split("\n")[0] || null : null),
      "the browser's port",
    );
    const page = await openTab(send, url);
    const address = `127.0.0.1:${port}`;
    const panel = await openTab(
      send,
      `http://${address}/devtools/inspector.html?ws=${address}/devtools/page/${page.target}`,
    );
    const [inPage, inPanel] = [evaluateIn(send, page.session), evaluateIn(send, panel.session)];
    const recorded = (): Promise<unknown> => inPanel(`(async () => ${REQUESTS}.length)()`);
    await until(async () => {
      await inPage("fetch('/favicon.ico').then((answer) => answer.text()).catch(() => null)");
      return (await recorded().catch(() => 0)) === 0 ? null : true;
    }, "the network panel");
    return {
      inPage,
      exportHar: async ({ sanitized }) => String(await inPanel(exportExpression(sanitized))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
