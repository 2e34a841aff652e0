import { readDocument } from "../document/read-document.js";
import { isConfirming } from "../journal/confirming.js";
import type { Exchange, JournalView } from "../journal/journal.js";
import type { Glimpse, ImportNote, MockSetting, Sent, Traffic } from "./import.js";

const TEMPLATE = /\$\(([A-Za-z_][\w-]*)\)/g;

/** Values of the first round's vars, as texts. */
function boundValues(journal: JournalView): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const entry of journal.entries()) {
    if (entry.type !== "bound" || entry.writer !== undefined || entry.round !== 1) continue;
    for (const [name, value] of Object.entries(entry.values))
      values.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return values;
}

function filledIn(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string")
    return value.replace(TEMPLATE, (all, name: string) => values.get(name) ?? all);
  if (Array.isArray(value)) return value.map((each) => filledIn(each, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filledIn(each, values)]));
}

/** What the mock was told, with the values that the run gave it; null for other targets. */
function mockOf(journal: JournalView, notes: ImportNote[]): MockSetting | null {
  const { target, seed, scenario } = journal.started;
  if (target.kind !== "mock") return null;
  const { value } = readDocument(scenario.text, scenario.file);
  const root = (value?.value ?? {}) as { readonly policy?: unknown; readonly world?: unknown };
  const { policy, world } = root;
  const file = typeof policy === "string" && /\.ya?ml$/.test(policy);
  if (file)
    notes.push({
      place: scenario.file,
      text: `the policy ${policy} is a file beside the scenario: give it with --policy`,
    });
  const values = boundValues(journal);
  // A policy of the command line outranks the scenario's own, and the journal has its name alone.
  const own = typeof policy === "object" && policy !== null ? policy : target.policy;
  return {
    policy: file ? undefined : own,
    seed,
    world: world === undefined ? undefined : filledIn(world, values),
  };
}

function isWanted({ round, error, step, writer }: Exchange): boolean {
  return round === 1 && error?.phase !== "refused" && !isConfirming({ step, writer });
}

function bodyOf({ request }: Exchange): Uint8Array | null {
  if (request.body === "") return null;
  return Buffer.from(request.body, request.bodyEncoding === "base64" ? "base64" : "utf8");
}

function sentOf(exchange: Exchange, source: string): Sent {
  const { request, response, error, timings, id, step } = exchange;
  const varied = request.varied ?? [];
  return {
    ...{
      place: `${source}, ${id}`,
      name: step === id ? null : step,
      method: request.method,
      url: request.url,
    },
    headers: request.headers.filter(([name]) => !varied.includes(name.toLowerCase())),
    body: bodyOf(exchange),
    bodyState: request.missing?.includes("body") === true ? "missing" : "exact",
    answer:
      response === null
        ? null
        : {
            status: response.status,
            headers: response.headers,
            body: response.bodyEncoding === "utf8" ? response.body : null,
          },
    error: response === null ? (error?.message ?? "no answer") : null,
    ...{ startMs: timings.startMs, endMs: timings.endMs, timeoutMs: null },
  };
}

/** Traffic of a saved run, its first round. The journal must stay open. */
export function fromJournal(journal: JournalView, source: string): Traffic {
  const { started } = journal;
  const notes: ImportNote[] = [];
  let [count, left] = [0, 0];
  for (const exchange of journal.exchanges()) {
    if (isWanted(exchange)) count += 1;
    else left += 1;
  }
  if (left > 0)
    notes.push({
      place: source,
      text: `${left} requests are left out: of later rounds, of --confirm, or never sent`,
    });
  function* wantedOnes(): Generator<Exchange> {
    for (const exchange of journal.exchanges()) if (isWanted(exchange)) yield exchange;
  }
  function* glimpses(): Generator<Glimpse> {
    for (const { id, request, response, idempotencyKey } of wantedOnes())
      yield {
        place: `${source}, ${id}`,
        method: request.method,
        url: request.url,
        key: idempotencyKey,
        status: response?.status ?? null,
      };
  }
  function* requests(wanted: ReadonlySet<number>): Generator<Sent> {
    let index = 0;
    for (const exchange of wantedOnes()) {
      if (wanted.has(index)) yield sentOf(exchange, source);
      index += 1;
    }
  }
  const mock = mockOf(journal, notes);
  const { recording } = started;
  return {
    source,
    format: recording === undefined ? `run of ${JSON.stringify(started.scenario.name)}` : recording.format,
    count,
    glimpses,
    requests,
    timesKnown: recording?.timesKnown ?? true,
    pausesCount: mock !== null,
    notes,
    asked: [],
    mock,
  };
}
