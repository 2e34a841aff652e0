import type { Refusal } from "../core/causes.js";
import { tryParseJson } from "../core/json.js";
import { isSecretHeader } from "../core/redact.js";
import type { Factor } from "./controls.js";
import type { Experiment, ExperimentStep } from "./diagnose.js";
import { REFUSAL_RULES } from "./refusals.js";
import type { Seen } from "./seen.js";

/** Headers that the client or the transport adds by itself, or that an experiment chooses anew. */
const NOT_REPEATED =
  /^(?:host|connection|content-length|accept-encoding|user-agent|transfer-encoding|if-match|:.*)$/;

function headersOf(seen: Seen): Readonly<Record<string, string>> {
  const kept = seen.exchange.request.headers.filter(
    ([name, value]) =>
      !NOT_REPEATED.test(name.toLowerCase()) &&
      !isSecretHeader(name) &&
      value !== seen.key &&
      !value.includes("<secret"),
  );
  return Object.fromEntries(kept);
}

function bodyOf({ exchange }: Seen): Pick<ExperimentStep, "json" | "text"> {
  const { body, bodyEncoding } = exchange.request;
  if (body === "" || bodyEncoding !== "utf8") return {};
  const json = tryParseJson(body);
  return json === null ? { text: body } : { json };
}

function again(refused: Seen, change: Partial<ExperimentStep>): ExperimentStep {
  const { ifMatch } = refused.exchange;
  return {
    id: "again",
    request: `${refused.method} ${refused.path}${refused.query}`,
    headers: headersOf(refused),
    ...(refused.key === null ? {} : { idempotencyKey: refused.key }),
    ...(ifMatch === null ? {} : { ifMatch }),
    ...bodyOf(refused),
    ...change,
  };
}

interface Split {
  readonly what: string;
  readonly outcome: string;
  readonly steps: readonly ExperimentStep[];
  /** Of the causes that fit, those that a success would point to. */
  readonly points: (cause: Refusal) => boolean;
}

function dependsOn(factor: Factor): (cause: Refusal) => boolean {
  return (cause) => REFUSAL_RULES[cause].factors.includes(factor);
}

function splitsFor(refused: Seen): readonly Split[] {
  const key: Split = {
    what:
      refused.key === null
        ? `send ${refused.id} again with an idempotency key`
        : `send ${refused.id} again unchanged but for a fresh key`,
    outcome: "2xx",
    steps: [again(refused, { idempotencyKey: "$(uuid())" })],
    points: dependsOn("key"),
  };
  const read: ExperimentStep = {
    id: "read",
    request: `GET ${refused.path}`,
    capture: { etag: "header ETag" },
  };
  const token: Split = {
    what: `read, then send ${refused.id} again with the token that was read`,
    outcome: "2xx",
    steps: [read, again(refused, { ifMatch: "$(read.etag)" })],
    points: dependsOn("token"),
  };
  const time: Split = {
    what: `send ${refused.id} again unchanged, after a pause`,
    outcome: "2xx",
    steps: [again(refused, {})],
    points: (cause) =>
      ["enclosed", "passing"].includes(REFUSAL_RULES[cause].holds) &&
      !REFUSAL_RULES[cause].factors.includes("key"),
  };
  return [key, ...(refused.exchange.ifMatch !== null || refused.method !== "POST" ? [token] : []), time];
}

/** How evenly a split divides what is open: the smaller part. */
function worth({ points }: Split, open: readonly Refusal[]): number {
  const pointed = open.filter(points).length;
  return Math.min(pointed, open.length - pointed);
}

/** The one request that divides the open causes best; null where nothing that a client may send would. Pure. */
export function chooseExperiment(refused: Seen, open: readonly Refusal[]): Experiment | null {
  if (!refused.writes || open.length < 2) return null;
  const [best] = splitsFor(refused)
    .map((split) => ({ split, worth: worth(split, open) }))
    .sort((a, b) => b.worth - a.worth);
  if (best === undefined || best.worth === 0) return null;
  const { steps, what, points, outcome } = best.split;
  const reads = steps.filter(({ request }) => request.startsWith("GET ")).length;
  return {
    what,
    steps,
    meanings: [
      { outcome, causes: open.filter(points) },
      { outcome: `${refused.status ?? "refused"} again`, causes: open.filter((cause) => !points(cause)) },
    ],
    reads,
    writes: steps.length - reads,
  };
}
