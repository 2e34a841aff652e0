import { adjustableClock, type Clock, realClock } from "../core/clock.js";
import { GcidemError } from "../core/errors.js";
import type { Target } from "../core/target.js";
import type { TraceEntry } from "../mock/mock.js";
import { arrivalsIn } from "../mock/trace.js";
import type { Policy } from "../policy/policy.js";
import { writtenFile } from "../policy/written-file.js";
import { createTransport } from "../transport/create-transport.js";

/** What somebody may do to a mock in another process. */
interface Remote {
  /** Gives the JSON of the answer; null where there is none. @throws GcidemError `unreachable` or `usage` */
  readonly ask: (method: "GET" | "POST" | "PUT", path: string, body?: unknown) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** A mock on loopback that takes longer is not there. */
const TIMEOUT_MS = 30_000;

const JSON_HEADERS = [["Content-Type", "application/json"]] as const;

function reasonIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return text;
  }
}

function refused(url: string, status: number, text: string): GcidemError {
  const hint =
    "give the address that gcidem mock printed; it has to be of this version, and to listen on loopback";
  return new GcidemError("usage", `${url} answered with ${status}: ${reasonIn(text).slice(0, 500)}`, {
    hint,
  });
}

function openRemote(origin: string, ca: string | null): Remote {
  // No proxy is asked for loopback, whatever the environment says.
  const transport = createTransport({ clock: realClock(), env: {}, ...(ca === null ? {} : { ca }) });
  return {
    ask: async (method, path, body) => {
      const url = `${origin}/__gcidem/${path}`;
      const sent = body === undefined ? null : Buffer.from(JSON.stringify(body));
      const headers = sent === null ? [] : JSON_HEADERS;
      const outcome = await transport.send({
        method,
        url,
        headers,
        body: sent,
        timeoutMs: TIMEOUT_MS,
        abort: null,
      });
      if (outcome.kind === "failed") throw new GcidemError("unreachable", `${url}: ${outcome.message}`);
      const text = Buffer.from(outcome.body).toString();
      if (outcome.status === 204) return null;
      if (outcome.status === 200) return JSON.parse(text);
      throw refused(url, outcome.status, text);
    },
    close: transport.close,
  };
}

/** What the mock says of the policy that it obeys. */
interface ObeyedPolicy {
  readonly name: string;
  readonly description: string;
  /** Null where the mock does not have it as a file. */
  readonly file: unknown;
}

/** The mock's own time, which waiting moves on there and here. */
async function remoteClock({ ask }: Remote): Promise<Clock> {
  const { epochMs } = (await ask("GET", "clock")) as { readonly epochMs: number };
  const local = adjustableClock({ nowMs: 0, epochMs });
  return {
    ...local,
    sleep: async (durationMs) => {
      await ask("POST", "clock", { advance: `${durationMs.toFixed(3)}ms` });
      await local.advance(durationMs);
    },
  };
}

/** Lays the scenario's policy upon the mock; gives it back as it was. */
async function obey({ ask }: Remote, policy: Policy): Promise<() => Promise<void>> {
  const { name, file: own } = (await ask("GET", "policy")) as ObeyedPolicy;
  if (own === null) {
    const message = `the mock obeys the policy ${name}, which is of no file, so that it could not be given back to it`;
    const hint =
      "start the mock with a preset's name or with what parsePolicy read, or run scenarios that name no policy";
    throw new GcidemError("usage", message, { hint });
  }
  const file = writtenFile(policy);
  if (file === null) {
    throw new GcidemError(
      "usage",
      `the policy ${policy.name} is of no file, so that it cannot be sent to a mock`,
      {
        hint: "give a preset's name, or what parsePolicy read",
      },
    );
  }
  await ask("PUT", "policy", file);
  return async () => void (await ask("PUT", "policy", own));
}

function targetOf(remote: Remote, of: Pick<Target, "baseUrl" | "policy" | "clock" | "close">): Target {
  const { ask } = remote;
  return {
    ...of,
    kind: "mock",
    virtualTime: true,
    authorization: async (principal, auth) => {
      const { token } = (await ask("POST", "token", { principal, auth })) as {
        readonly token: string | null;
      };
      return token === null ? null : `Bearer ${token}`;
    },
    arm: async (fault) => void (await ask("POST", "fault", fault)),
    announce: async (step) => void (await ask("POST", "step", { id: step })),
    reset: async (reset) => void (await ask("POST", "reset", reset)),
    arrivals: async (correlationIds) =>
      arrivalsIn((await ask("GET", "trace")) as readonly TraceEntry[], correlationIds),
  };
}

/** A target, and what the policy means that it obeys; null where nobody knows. */
export interface OpenedTarget {
  readonly target: Target;
  readonly policyDescription: string | null;
}

/**
 * Takes over a mock that is running, by its control endpoints: its policy where one is chosen, its world, its time.
 * Closing gives it its own policy back. `ca`: PEM of the authority of its certificate, where it has one of its own.
 * @throws GcidemError `unreachable` where nobody answers, `usage` where it is no mock that can be controlled.
 */
export async function openRemoteMock(
  origin: string,
  { chosen, ca = null }: { readonly chosen: Policy | null; readonly ca?: string | null },
): Promise<OpenedTarget> {
  const remote = openRemote(origin, ca);
  try {
    const giveBack = chosen === null ? async () => {} : await obey(remote, chosen);
    const policy = chosen ?? ((await remote.ask("GET", "policy")) as ObeyedPolicy);
    const close = async (): Promise<void> => {
      // The run is over and reported: a mock that is gone by now keeps nothing from anybody.
      await giveBack().catch(() => undefined);
      await remote.close();
    };
    const clock = await remoteClock(remote);
    const target = targetOf(remote, { baseUrl: origin, policy: policy.name, clock, close });
    return { target, policyDescription: policy.description };
  } catch (error) {
    await remote.close();
    throw error;
  }
}
