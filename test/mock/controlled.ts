import { connect } from "node:net";
import type { Mock, MockOptions } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import type { Reply } from "./an-org.js";
import { policyOf, sendTo } from "./an-org.js";

/** A mock that runs with the world, as `gcidem mock` serves it, and its control endpoints. */
export interface ControlledMock {
  readonly mock: Mock;
  /** Sends a control request with a JSON body, or with the given text; `headers` are laid over the usual ones. */
  readonly control: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Reply>;
  /** Sends a request to the org with a valid token. */
  readonly send: (method: string, path: string, of?: Sent) => Promise<Reply>;
}

interface Sent {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
}

function sending(mock: Mock): ControlledMock["send"] {
  return (method, path, { json, headers, token = mock.token(null, "valid") } = {}) =>
    sendTo(mock.url, undefined, {
      method,
      path,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
}

function controlling(mock: Mock): ControlledMock["control"] {
  return (method, path, body, headers) =>
    sendTo(mock.url, undefined, {
      method,
      path: `/__gcidem/${path}`,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: typeof body === "string" || body === undefined ? body : JSON.stringify(body),
    });
}

/** Runs a test on a mock and closes it whatever happens. */
export async function withControl(
  policy: Parameters<typeof policyOf>[0],
  test: (controlled: ControlledMock) => Promise<void>,
  options: Omit<MockOptions, "policy"> = {},
): Promise<void> {
  const mock = await startMock({ policy: policyOf(policy), ...options });
  try {
    await test({ mock, control: controlling(mock), send: sending(mock) });
  } finally {
    await mock.close();
  }
}

/** What a server says to a request that is written by hand, until it hangs up. */
export function answerTo(mock: Mock, requestText: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(mock.url).port), "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
    socket.write(requestText);
  });
}
