import { realClock } from "../../src/core/clock.js";
import { jsonAnswer } from "../../src/mock/answer.js";
import type { Handler } from "../../src/mock/exchange.js";
import { plainly } from "../../src/mock/outcome.js";
import type { Outcome } from "../../src/mock/passage.js";
import type { MockRequest } from "../../src/mock/request.js";
import { createMockServer, type MockServer } from "../../src/mock/server.js";
import type { ServerLimits } from "../../src/mock/server-limits.js";
import { CERTIFICATE } from "./wires.js";

/** An answer that tells what the server read. */
function answerOf({ method, path, body }: MockRequest, status = 200): Outcome {
  const answer = jsonAnswer(status, "an-id", { method, path, bytes: body.length });
  return plainly({ answer, correlationId: "an-id", key: null, note: null, executed: true });
}

/** A server that has no org behind it. */
export interface StubServer {
  readonly server: MockServer;
  readonly url: string;
  /** Requests that the server handed on, in their order. */
  readonly seen: readonly MockRequest[];
  readonly warnings: readonly string[];
  /** Requests to `/wait` are held until this. */
  readonly letGo: () => void;
  /** Resolves once so many requests to `/wait` are held. */
  readonly held: (count: number) => Promise<void>;
}

interface StubOptions {
  readonly tls?: boolean;
  readonly limits?: Partial<ServerLimits>;
  /** In place of the answers above, where it gives one. */
  readonly handle?: (request: MockRequest) => Outcome | Promise<Outcome> | null;
}

export async function startStub({ tls = false, limits = {}, handle }: StubOptions = {}): Promise<StubServer> {
  const seen: MockRequest[] = [];
  const warnings: string[] = [];
  let waiting: (() => void)[] = [];
  const wait = (request: MockRequest): Promise<Outcome> =>
    new Promise((resolve) => waiting.push(() => resolve(answerOf(request))));
  const handler: Handler = {
    clock: realClock(),
    control: null,
    refuseLarge: (request) => answerOf(request, 413),
    handle: (request) => {
      seen.push(request);
      return handle?.(request) ?? (request.path === "/wait" ? wait(request) : answerOf(request));
    },
  };
  const server = createMockServer(handler, {
    tls: tls ? CERTIFICATE : null,
    limits,
    warn: (warning) => warnings.push(warning),
  });
  const url = await server.listen("127.0.0.1", 0);
  return {
    server,
    url,
    seen,
    warnings,
    letGo: () => {
      const all = waiting;
      waiting = [];
      for (const proceed of all) proceed();
    },
    held: async (count) => {
      while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Runs a test on a stub and closes it whatever happens. */
export async function withStub(
  options: StubOptions,
  test: (stub: StubServer) => Promise<void>,
): Promise<void> {
  const stub = await startStub(options);
  try {
    await test(stub);
  } finally {
    await stub.server.close();
  }
}
