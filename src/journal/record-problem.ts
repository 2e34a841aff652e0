type Members = Readonly<Record<string, unknown>>;

/** What a member must be. */
type Shape = (value: unknown) => boolean;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const text: Shape = (value) => typeof value === "string";
const number: Shape = (value) => typeof value === "number";
const numberOrNull: Shape = (value) => value === null || number(value);
const textOrNull: Shape = (value) => value === null || text(value);
const texts: Shape = (value) => Array.isArray(value) && value.every(text);
const headers: Shape = (value) =>
  Array.isArray(value) && value.every((pair) => texts(pair) && (pair as readonly string[]).length === 2);

function listOf(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every(shape);
}

function absentOr(shape: Shape): Shape {
  return (value) => value === undefined || shape(value);
}

function object(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value) => isObject(value) && Object.entries(shapes).every(([name, shape]) => shape(value[name]));
}

const message = { headers, body: text, bodyEncoding: text, bodySha256: text };

const isRule = object({ path: text, resource: text, version: (value) => value === null || text(value) });

/** What readers of a journal rely on, by type of record. */
const RECORDS: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  "run-started": {
    run: text,
    scenario: object({ name: text, file: text, sha256: text, text }),
    target: object({ kind: text, baseUrl: text }),
    seed: number,
    startedAt: text,
    subjectRules: absentOr(listOf(isRule)),
  },
  login: {
    ...{ startedAt: text, durationMs: number },
    request: object({ method: text, url: text, ...message }),
    response: (value) => value === null || object({ status: number, httpVersion: text, ...message })(value),
    error: (value) => value === null || object({ code: text, phase: text, message: text })(value),
  },
  bound: { round: number, values: isObject },
  "request-sent": {
    ...{ id: text, step: text, attempt: number, writer: numberOrNull, round: number },
    ...{ startedAt: text, startMs: number, request: object({ method: text, url: text, ...message }) },
  },
  response: {
    ...{ id: text, sentMs: numberOrNull, releasedMs: numberOrNull, firstByteMs: number, endMs: number },
    response: object({ status: number, httpVersion: text, ...message }),
  },
  failed: {
    ...{ id: text, sentMs: numberOrNull, releasedMs: numberOrNull, endMs: number },
    error: object({ code: text, phase: text, message: text }),
  },
  race: { step: text, waves: texts, round: number, technique: text, notes: texts },
  "step-skipped": { step: text, round: number, reason: text },
  "not-removed": {
    ...{ step: text, round: number, reason: text, exchange: textOrNull },
    request: (value) => value === null || object({ method: text, url: text, ...message })(value),
  },
  planned: { lines: texts },
  "run-ended": { durationMs: number },
};

/**
 * What is wrong with a line of a journal, in words; null where nothing is. Records of other types are for later versions,
 * and so are journals of another schema, which are refused by their first line. Pure.
 */
export function recordProblem(record: unknown): string | null {
  if (!isObject(record)) return "this line is JSON, but no record";
  const type = typeof record.type === "string" ? record.type : "";
  const shapes = Object.hasOwn(RECORDS, type) ? RECORDS[type] : undefined;
  if (shapes === undefined || (type === "run-started" && record.schema !== "gcidem-journal/1")) return null;
  const bad = Object.entries(shapes).find(([name, shape]) => !shape(record[name]));
  return bad === undefined ? null : `"${bad[0]}" of this ${type} record is missing, or not what it should be`;
}
