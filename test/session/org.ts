import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import type { TargetProfile } from "../../src/config/config.js";
import type { Exchange, JournalRecord } from "../../src/journal/journal.js";
import { readRecords } from "../../src/journal/read-journal.js";
import type { RunSection } from "../../src/report/report.js";
import { loadScenarioFrom } from "../../src/session/load-files.js";
import { replayScenarios } from "../../src/session/replay.js";
import { readyScenario } from "../../src/session/run-scenario.js";
import type { SessionOptions, Signal } from "../../src/session/session.js";
import { client } from "../transport/login-server.js";
import { listening } from "../transport/raw-server.js";
import { fixture } from "../transport/tls-fixture.js";
import { optionsFor, profiled } from "./leave-options.js";

/** A request as an API saw it. */
interface Arrived {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
}

/** An API over TLS under the tests' own authority; it runs until the test ends. */
export interface Api {
  readonly url: string;
  readonly arrived: readonly Arrived[];
}

/** Starts it; `answer` has the request and how many came before. */
export async function startApi(
  answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void,
  { tls = true }: { readonly tls?: boolean } = {},
): Promise<Api> {
  const arrived: Arrived[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume().once("end", () => {
      const nth = arrived.push({ line: `${request.method} ${request.url}`, headers: request.headers }) - 1;
      answer(request, response, nth);
    });
  };
  const server = tls
    ? createSecure({ key: fixture("server.key"), cert: fixture("server.pem") }, listener)
    : createServer(listener);
  return { url: `${tls ? "https" : "http"}://localhost:${await listening(server)}`, arrived };
}

/** Settings of a target that logs in at this token URL. */
export function loggingIn(tokenUrl: string, more: Partial<TargetProfile> = {}): Partial<TargetProfile> {
  return {
    kind: "genesys",
    credentials: { value: client(tokenUrl), source: "environment" },
    ca: fixture("authority.pem"),
    ...more,
  };
}

/** What a session left behind. */
export interface Done {
  readonly section: RunSection;
  readonly exchanges: readonly Exchange[];
  /** The same, each found by its id. */
  readonly byId: readonly Exchange[];
  readonly signals: readonly Signal[];
  readonly records: readonly JournalRecord[];
  readonly warnings: readonly string[];
}

/** How a scenario is run. */
export interface Session {
  readonly baseUrl: string;
  readonly profile: Partial<TargetProfile>;
  readonly runsFolder: string;
  readonly options?: Partial<SessionOptions>;
}

/** Runs scenarios one after another in one session, with leave for everything. */
export async function runAll(texts: readonly string[], session: Session): Promise<readonly Done[]> {
  const warnings: string[] = [];
  const observer = { onStep: () => undefined, onWarning: (message: string) => void warnings.push(message) };
  const options = optionsFor(
    profiled(session.baseUrl, session.profile),
    { allowWrites: true, allowDestructive: true },
    { runsFolder: session.runsFolder, observer, ...session.options },
  );
  const otherOrigins = session.profile.allowedOrigins ?? [];
  const source = { file: "it.yaml", folder: null, otherOrigins };
  const ready = texts.map((text) => readyScenario(loadScenarioFrom(text, source)));
  const { report, signals, close } = await replayScenarios(ready, options);
  const all = report.runs.map((section): Done => {
    const records = [...readRecords(`${section.folder}/journal.ndjson`)];
    const exchanges = [...section.exchanges];
    const byId = exchanges.map(({ id }) => section.exchange(id));
    return { section, exchanges, byId, signals, records, warnings };
  });
  close();
  return all;
}

/** Runs one scenario. */
export async function run(text: string, session: Session): Promise<Done> {
  const [done] = await runAll([text], session);
  if (done === undefined) throw new Error("no run");
  return done;
}
