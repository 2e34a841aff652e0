import { createConfirm } from "../../../../src/confirm/confirm-causes.js";
import { type HeaderList, headerValue } from "../../../../src/core/http.js";
import { seededRandom } from "../../../../src/core/random.js";
import { diagnoseConfirmed } from "../../../../src/diagnose/confirmed.js";
import { captureValue } from "../../../../src/plan/capture-value.js";
import { materialise } from "../../../../src/plan/materialise.js";
import { MissingValue, type Scope } from "../../../../src/plan/plan.js";
import type { ExtraSteps } from "../../../../src/run/run.js";
import type { SendingStep } from "../../../../src/scenario/scenario.js";
import type { Act, Scenario, Send } from "../scenario.js";
import { drive } from "./drive.js";
import type { Happened } from "./happened.js";
import { ORIGIN } from "./receive.js";
import { recordedOf, toExchanges } from "./to-exchanges.js";

/** What the driver adds by itself. */
const OF_THE_DRIVER = /^(?:user-agent|accept|accept-encoding|host|connection|content-length)$/i;

/** A scenario that grows by what is sent to confirm. It is deterministic, so that it is run anew each time. */
interface Growing {
  scenario: Scenario;
  happened: readonly Happened[];
}

function scopeOf(captured: ReadonlyMap<string, unknown>, uuid: () => string): Scope {
  return {
    variable: (name) => {
      throw new MissingValue(`$(${name})`);
    },
    capture: (step, name) => {
      if (!captured.has(`${step}.${name}`)) throw new MissingValue(`$(${step}.${name}) was not captured`);
      return captured.get(`${step}.${name}`);
    },
    env: () => "",
    uuid,
    now: () => "",
    encode: encodeURIComponent,
    readFile: () => Buffer.alloc(0),
    baseUrl: ORIGIN,
    userAgent: "",
  };
}

function isPlainJson([name, value]: readonly [string, string]): boolean {
  return name.toLowerCase() === "content-type" && value === "application/json";
}

function toSend(id: string, request: ReturnType<typeof materialise>, like: Send | undefined): Send {
  const url = new URL(request.url);
  const headers: HeaderList = request.headers.filter(
    (line) => !OF_THE_DRIVER.test(line[0]) && !isPlainJson(line),
  );
  const keyHeader = like?.keyHeader ?? null;
  return {
    ...{ id, method: request.method, path: `${url.pathname}${url.search}`, headers },
    body: request.body === null ? null : Buffer.from(request.body).toString("utf8"),
    keyHeader: keyHeader !== null && headerValue(headers, keyHeader) !== null ? keyHeader : null,
    ...{ principal: like?.principal ?? null, auth: like?.auth ?? "valid", writer: null, recorded: true },
    ...{ hangUpAfterMs: null, captures: {} },
  };
}

async function grow(growing: Growing, act: Act): Promise<void> {
  growing.scenario = { ...growing.scenario, acts: [...growing.scenario.acts, act] };
  growing.happened = await drive(growing.scenario);
}

function keep(step: SendingStep, happened: Happened | undefined, captured: Map<string, unknown>): void {
  if (happened?.received == null) return;
  const { status, headers, body } = happened.received;
  for (const each of step.captures) {
    const value = captureValue(each, { status, headers, body });
    if (value.found) captured.set(`${step.id}.${each.name}`, value.value);
  }
}

async function sendExtra(growing: Growing, extra: ExtraSteps, uuid: () => string): Promise<string | null> {
  const captured = new Map<string, unknown>();
  const like = growing.happened.find(({ send }) => send.id === extra.like)?.send;
  try {
    for (const { step } of extra.plan.steps) {
      if (step.kind === "wait") await grow(growing, { kind: "wait", durationMs: step.durationMs });
      if (step.kind !== "request") continue;
      const request = materialise(step.request, scopeOf(captured, uuid));
      await grow(growing, { kind: "send", send: toSend(`${extra.name}/${step.id}`, request, like) });
      keep(step, growing.happened.at(-1), captured);
    }
    return null;
  } catch (error) {
    if (error instanceof MissingValue) return error.message;
    throw error;
  }
}

/** The scenario as `--confirm` goes on with it: what it sends stands at the end, word by word. */
export async function confirmScenario(scenario: Scenario): Promise<Scenario> {
  const growing: Growing = { scenario, happened: await drive(scenario) };
  const { uuid } = seededRandom(scenario.seed, "confirm");
  const confirm = createConfirm({ explain: diagnoseConfirmed, onWarning: () => {} });
  await confirm({
    round: 1,
    exchanges: () => toExchanges(recordedOf(growing.happened)),
    send: (extra) => sendExtra(growing, extra, uuid),
  });
  return growing.scenario;
}
