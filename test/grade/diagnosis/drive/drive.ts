import { type Core, createOwnCore } from "../../../../src/mock/mock-core.js";
import type { Outcome } from "../../../../src/mock/passage.js";
import type { MockRequest } from "../../../../src/mock/request.js";
import { createTrace } from "../../../../src/mock/trace.js";
import type { Policy } from "../../../../src/policy/policy.js";
import type { Scenario, Send } from "../scenario.js";
import { type Captured, fillBody, fillHeaders, fillPath, keepCaptures } from "./fill-in.js";
import type { Happened } from "./happened.js";
import { GAVE_UP, receive } from "./receive.js";
import { type SimulatedClock, simulatedClock } from "./simulated-clock.js";

type Connection = MockRequest["connection"];

/** What a run of a scenario goes on with. */
interface Drive {
  readonly core: Core;
  readonly clock: SimulatedClock;
  readonly captured: Captured;
  readonly connections: Map<string, Connection>;
  readonly underWay: Set<Connection>;
  readonly credentials: Map<string, number>;
  readonly happened: Happened[];
}

/** When the world of every scenario begins. */
const STARTED_AT_EPOCH_MS: number = Date.UTC(2026, 10, 21, 8);

/** Half a round trip. */
const WAY_MS = 0.5;
const SENDING_MS = 0.2;
/** A slow answer comes in so many pieces. */
const DRIPS = 8;

/** One for all runs, and never filled: the truth is taken from outcomes, of which a trace is a copy. */
const TRACE = createTrace(1);

function begin({ seed, world }: Scenario, policy: Policy): Drive {
  const clock = simulatedClock(STARTED_AT_EPOCH_MS);
  return {
    core: createOwnCore({ options: { policy, seed, world }, clock, trace: TRACE, saved: null }),
    clock,
    captured: new Map(),
    connections: new Map(),
    underWay: new Set(),
    credentials: new Map(),
    happened: [],
  };
}

/** Each client keeps one connection; another writer, caller or recording is another client. */
function connectionOf({ connections }: Drive, { principal, writer, recorded }: Send): Connection {
  const name = `${principal} ${writer} ${recorded}`;
  const connection = connections.get(name) ?? { id: `/${connections.size + 1}`, rivals: new Set<string>() };
  connections.set(name, connection);
  return connection;
}

function enter({ underWay }: Drive, connection: Connection): void {
  for (const other of underWay) {
    if (other === connection) continue;
    other.rivals.add(connection.id);
    connection.rivals.add(other.id);
  }
  underWay.add(connection);
}

function credentialsOf({ credentials }: Drive, token: string | null): number | null {
  if (token === null) return null;
  const number = credentials.get(token) ?? credentials.size + 1;
  credentials.set(token, number);
  return number;
}

function takesHeaders({ front }: Policy): boolean {
  return front?.kind === "rewrite" && front.what === "drop-header";
}

function open(drive: Drive, send: Send): { readonly happened: Happened; readonly token: string | null } {
  const { core, clock, captured } = drive;
  const token = core.actions.token(send.principal, send.auth);
  const startMs = clock.nowMs();
  const happened: Happened = {
    send,
    target: fillPath(send.path, captured),
    headers: fillHeaders(send.headers, captured),
    body: fillBody(send.body, captured),
    credentials: credentialsOf(drive, token),
    startMs,
    startedAtEpochMs: clock.epochMs(),
    sentMs: startMs + SENDING_MS,
    endMs: startMs,
    received: null,
    error: null,
    isStripped: takesHeaders(core.actions.policy()),
    outcome: null,
  };
  drive.happened.push(happened);
  return { happened, token };
}

interface Line {
  readonly connection: Connection;
  isGone: boolean;
  readonly listeners: (() => void)[];
}

function toRequest({ send, target, headers, body }: Happened, token: string | null, line: Line): MockRequest {
  const mark = target.indexOf("?");
  const lower = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    method: send.method,
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? "" : target.slice(mark + 1),
    headers: {
      ...(body === null ? {} : { "content-type": "application/json" }),
      ...Object.fromEntries(lower),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: Buffer.from(body ?? ""),
    connection: line.connection,
    gone: () => line.isGone,
    onGone: (listener) => void line.listeners.push(listener),
  };
}

function close(drive: Drive, happened: Happened, outcome: Outcome): void {
  const { clock, captured } = drive;
  happened.outcome = outcome;
  if (happened.error !== null) return;
  const { received, error } = receive(outcome, clock.epochMs());
  happened.received = received;
  happened.error = error;
  if (received !== null) keepCaptures(happened.send, received, captured);
}

function hangUp(drive: Drive, happened: Happened, line: Line): void {
  if (happened.outcome !== null) return;
  line.isGone = true;
  happened.error = GAVE_UP;
  happened.endMs = drive.clock.nowMs();
  for (const listener of line.listeners) listener();
}

/** Sends a request. Resolves once its client has an answer, or has given up. */
function send(drive: Drive, each: Send): Promise<void> | null {
  const { core, clock, underWay } = drive;
  const { happened, token } = open(drive, each);
  const line: Line = { connection: connectionOf(drive, each), isGone: false, listeners: [] };
  enter(drive, line.connection);
  core.actions.announce(each.id);
  const request = toRequest(happened, token, line);
  const handled = core.handle(request);
  const ended = (outcome: Outcome, paused: boolean): void => {
    close(drive, happened, outcome);
    underWay.delete(line.connection);
    if (!line.isGone) happened.endMs = clock.nowMs() + (paused ? 0 : WAY_MS);
  };
  if (!(handled instanceof Promise)) {
    clock.skip(2 * WAY_MS + (handled.end === "slow-drip" ? DRIPS * handled.pauseMs : 0));
    ended(handled, true);
    return null;
  }
  const answered = handled.then((outcome) => ended(outcome, false));
  if (each.hangUpAfterMs === null) return answered;
  const gaveUp = clock.sleep(each.hangUpAfterMs).then(() => hangUp(drive, happened, line));
  return Promise.race([answered, gaveUp]);
}

async function untilDone({ clock }: Drive, work: Promise<unknown> | null): Promise<void> {
  if (work === null) return;
  let done = false;
  void work.then(() => {
    done = true;
  });
  await clock.until(() => done);
  clock.skip(2 * WAY_MS);
}

async function together(
  drive: Drive,
  sends: readonly { readonly offsetMs: number; readonly send: Send }[],
): Promise<void> {
  const all = sends.map(async ({ offsetMs, send: each }) => {
    await drive.clock.sleep(offsetMs);
    await send(drive, each);
  });
  await untilDone(drive, Promise.all(all));
}

/** Called with all that happened so far; false ends the run. */
export type Observe = (happened: readonly Happened[]) => boolean;

async function play(run: Drive, { acts }: Scenario, goOn: Observe): Promise<void> {
  for (const act of acts) {
    if (act.kind === "wait") await run.clock.advance(act.durationMs);
    else if (act.kind === "send") await untilDone(run, send(run, act.send));
    else await together(run, act.sends);
    if (!goOn(run.happened)) return;
  }
  // A client that hung up left its request to the server.
  const left = run.happened.filter(({ outcome }) => outcome === null);
  if (left.length > 0) await run.clock.until(() => left.every(({ outcome }) => outcome !== null));
}

/**
 * Runs a scenario against the mock's own request handler under a policy, in this process and without any socket. What
 * happened is in the order of sending. @throws Error where a request waits for ever
 */
export async function drive(
  scenario: Scenario,
  policy: Policy = scenario.policy,
  goOn: Observe = () => true,
): Promise<readonly Happened[]> {
  const run = begin(scenario, policy);
  await play(run, scenario, goOn);
  return run.happened;
}
