import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { connect, createServer as createNetServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { Exchange } from "../../src/journal/journal.js";
import type { Recorder, RecordOptions } from "../../src/record/record.js";
import { startRecorder } from "../../src/record/start-recorder.js";
import { openRunJournal } from "../../src/session/open-run-journal.js";
import { listen } from "../servers/listening.js";

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** Frees something at the end of the test. */
export function atEnd(close: () => unknown): void {
  opened.push(close);
}

/** A new empty folder that the test's end removes. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-record-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An API that a test plays, by node:http. */
export async function api(answer: RequestListener): Promise<string> {
  const server = createServer({ noDelay: true }, answer);
  const { port, close } = await listen(server);
  atEnd(close);
  return `http://127.0.0.1:${port}`;
}

/** An upstream that says whatever bytes a test wants. `head` is all that came until an empty line. */
export async function rawApi(
  answer: (socket: Socket, head: string) => void,
): Promise<{ readonly url: string; readonly heads: readonly string[] }> {
  const heads: string[] = [];
  const server = createNetServer((socket) => {
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = text.slice(0, end);
      text = "";
      heads.push(head);
      answer(socket, head);
    });
  });
  const { port, close } = await listen(server);
  atEnd(close);
  return { url: `http://127.0.0.1:${port}`, heads };
}

/** A recording under way. */
export interface Recording {
  readonly recorder: Recorder;
  readonly url: string;
  readonly port: number;
  readonly notes: readonly string[];
  /** Stops it and reads what it wrote, in the order of the journal. */
  readonly stop: (graceMs?: number) => Promise<readonly Exchange[]>;
  /** The journal's text. */
  readonly text: () => string;
}

/** Records what goes to an upstream. */
export async function recordTo(upstream: string, more: Partial<RecordOptions> = {}): Promise<Recording> {
  const notes: string[] = [];
  const recorder = await startRecorder({
    upstream: new URL(upstream),
    ...{ host: "127.0.0.1", port: 0, maxBodyBytes: 1 << 20, ca: null, env: {}, rules: null },
    ...{ runsFolder: workFolder(), runsFolderIgnored: false },
    onNote: (note) => void notes.push(note),
    ...more,
  });
  let stopped: Promise<void> | null = null;
  const end = (graceMs: number): Promise<void> => {
    stopped ??= recorder.stop(graceMs);
    return stopped;
  };
  atEnd(() => end(0));
  return {
    recorder,
    url: recorder.url,
    port: Number(new URL(recorder.url).port),
    notes,
    stop: async (graceMs = 5_000) => {
      await end(graceMs);
      const journal = openRunJournal(recorder.run.file);
      try {
        return [...journal.exchanges()];
      } finally {
        journal.close();
      }
    },
    text: () => readFileSync(recorder.run.file, "utf8"),
  };
}

/** The only one of several. */
export function only<T>(all: readonly T[]): T {
  const [first, ...others] = all;
  if (first === undefined || others.length > 0) throw new Error(`expected one, found ${all.length}`);
  return first;
}

/** A connection of a client that writes its own bytes. */
export interface RawClient {
  readonly socket: Socket;
  readonly write: (text: string) => void;
  /** All that came until it holds this, as Latin-1. */
  readonly until: (text: string) => Promise<string>;
  /** All that came until the other side closed. */
  readonly all: () => Promise<string>;
}

/** Connects to a port of 127.0.0.1. */
export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  atEnd(() => socket.destroy());
  await once(socket, "connect");
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  const closed = once(socket, "close");
  return {
    socket,
    write: (bytes) => void socket.write(bytes, "latin1"),
    until: async (wanted) => {
      while (!text.includes(wanted)) {
        if (socket.destroyed) throw new Error(`closed before ${JSON.stringify(wanted)}: ${text}`);
        await Promise.race([once(socket, "data"), closed]);
      }
      return text;
    },
    all: async () => {
      await closed;
      return text;
    },
  };
}

/** Sends these bytes on a connection of its own and gives back all that came. They have to say `Connection: close`. */
export async function raw(port: number, bytes: string): Promise<string> {
  const client = await rawClient(port);
  client.write(bytes);
  return client.all();
}
