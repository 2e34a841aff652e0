import { formatPosition, GcidemError, positionAt } from "../core/errors.js";
import { JsonSyntaxError, parseJson } from "../core/json.js";
import { isLoopbackHost } from "../core/loopback.js";
import type { Certificate, Decision, Mock } from "../mock/mock.js";
import { startMock } from "../mock/start-mock.js";
import type { Policy } from "../policy/policy.js";
import { accessLine, missedRouteLine } from "./access-log.js";
import { readStateFile, writeStateFile } from "./state-file.js";

/** How a mock is served on its own. */
export interface ServeOptions {
  readonly policy: Policy;
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  /** `memory` or `redis://...`. */
  readonly store: string;
  readonly tls: boolean | Certificate;
  /** Read at the start where it exists, written on a clean stop. */
  readonly stateFile: string | null;
  /** Called with one line for each request: no secret, no control character. Null: nobody reads them. */
  readonly onAccess: ((line: string) => void) | null;
  /** Called once for each operation that somebody asked for under a wrong path, where there is no access log; or null. */
  readonly onSuggestion: ((line: string) => void) | null;
  /** Called with what an operator should know. */
  readonly onWarning: (warning: string) => void;
}

/** A mock that is serving. */
export interface ServedMock {
  readonly url: string;
  /** True where `/__gcidem/` controls it. */
  readonly controlled: boolean;
  /** Answers what is in flight, closes, and saves the state. @throws GcidemError `output` */
  readonly stop: () => Promise<void>;
}

/** How long requests in flight may take once the mock was told to stop. */
const STOP_GRACE_MS = 5_000;

/** Each suggestion is made once; a client that asks for thousands of unknown paths is not followed. */
const MOST_SUGGESTIONS = 20;

/** What is to be told of decisions; an empty object where nobody listens. */
function watchDecisions({ onAccess, onSuggestion }: ServeOptions): {
  readonly onDecision?: (decision: Decision) => void;
} {
  if (onAccess !== null) return { onDecision: (decision) => onAccess(accessLine(decision)) };
  return onSuggestion === null ? {} : { onDecision: suggestOnce(onSuggestion) };
}

function suggestOnce(onSuggestion: (line: string) => void): (decision: Decision) => void {
  const suggested = new Set<string>();
  return (decision) => {
    const { nearest } = decision;
    if (nearest === null || suggested.has(nearest) || suggested.size >= MOST_SUGGESTIONS) return;
    suggested.add(nearest);
    const line = missedRouteLine(decision);
    if (line !== null) onSuggestion(line);
  };
}

/** The file, and the line and column where it stops being JSON. */
function placeIn(file: string, text: string): string {
  try {
    parseJson(text);
    return file;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return formatPosition(positionAt(file, text, error.offset));
  }
}

/** A state that cannot be used, in the words of whoever named its file. */
function stateError(error: GcidemError, file: string, text: string): GcidemError {
  return new GcidemError("invalid-file", `${placeIn(file, text)}: ${error.message}`, {
    cause: error,
    hint: "the file was left as it is; give another one, or move it away to start anew",
  });
}

async function start(options: ServeOptions): Promise<Mock> {
  const { policy, host, port, seed, store, tls, stateFile, onWarning } = options;
  const saved = stateFile === null ? null : readStateFile(stateFile);
  try {
    return await startMock({
      policy,
      host,
      port,
      seed,
      store,
      tls,
      saved,
      onWarning,
      ...watchDecisions(options),
    });
  } catch (error) {
    const isState = error instanceof GcidemError && error.code === "invalid-file";
    throw isState && stateFile !== null && saved !== null ? stateError(error, stateFile, saved) : error;
  }
}

/**
 * Serves the mock org until it is told to stop. Owns sockets and, with a store of its own, a connection to it.
 * @throws GcidemError `usage` for a taken port, a bad host or an unreachable store, `invalid-file` for a broken state.
 */
export async function serveMock(options: ServeOptions): Promise<ServedMock> {
  const mock = await start(options);
  const { stateFile } = options;
  return {
    url: mock.url,
    controlled: isLoopbackHost(options.host),
    stop: async () => {
      await mock.stop(STOP_GRACE_MS);
      try {
        if (stateFile !== null) writeStateFile(stateFile, await mock.save());
      } finally {
        await mock.close();
      }
    },
  };
}
