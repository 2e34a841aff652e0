import type { Clock } from "../core/clock.js";
import type { Random } from "../core/random.js";
import type { InProcessMock } from "../mock/in-process.js";
import type { Outcome } from "../mock/passage.js";
import type { MockRequest } from "../mock/request.js";
import type { Reply, Sent } from "./writer.js";

/** How long a message is under way, in either direction: drawn anew for each, from the one to the other. */
export const ONE_WAY_MS: { readonly least: number; readonly most: number } = { least: 15, most: 35 };

/** What one writer sent, for whoever counts. */
export interface Sending {
  requests: number;
  writes: number;
  /** Correlation IDs of all that the server decided for it, whether or not an answer arrived. */
  readonly correlationIds: Set<string>;
}

/** The way of one writer to the mock. */
export interface Wire {
  readonly send: (request: Sent) => Promise<Reply | null>;
  readonly sending: Sending;
}

/** What a wire is made of. Connections of one run are each other's rivals: their writers are different ones. */
export interface WireOptions {
  readonly mock: InProcessMock;
  readonly clock: Clock;
  readonly random: Random;
  readonly connection: MockRequest["connection"];
}

const EMPTY = Buffer.alloc(0);

/** A request as the mock gets it. Pure. */
export function toRequest(
  sent: Sent,
  authorization: string,
  connection: MockRequest["connection"],
): MockRequest {
  const { method, path, query, headers, body } = sent;
  const type = body === undefined ? {} : { "content-type": "application/json" };
  return {
    method,
    path,
    query,
    headers: { ...headers, ...type, authorization },
    body: body === undefined ? EMPTY : Buffer.from(JSON.stringify(body)),
    connection,
    gone: () => false,
    onGone: () => {},
  };
}

/** A fault that spoils an answer on its way leaves nothing that a client could go by. */
function toReply({ answer, end }: Outcome): Reply | null {
  if (answer === null || end !== "answer") return null;
  const { status, headers, body } = answer;
  return { status, headers, body };
}

/** Opens a writer's way to the mock. */
export function openWire({ mock, clock, random, connection }: WireOptions): Wire {
  const sending: Sending = { requests: 0, writes: 0, correlationIds: new Set() };
  const travel = (): Promise<void> =>
    clock.sleep(ONE_WAY_MS.least + random.fraction() * (ONE_WAY_MS.most - ONE_WAY_MS.least));
  const note = ({ correlationId, earlier }: Outcome): void => {
    sending.correlationIds.add(correlationId);
    if (earlier !== null) note(earlier);
  };
  return {
    sending,
    send: async (sent) => {
      sending.requests += 1;
      if (sent.method !== "GET") sending.writes += 1;
      const authorization = `Bearer ${mock.token(null, "valid")}`;
      await travel();
      const outcome = await mock.handle(toRequest(sent, authorization, connection));
      note(outcome);
      await travel();
      return toReply(outcome);
    },
  };
}
