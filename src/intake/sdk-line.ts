import type { HeaderList } from "../core/http.js";
import { bodyMissing } from "./body-missing.js";
import { noBody, textBody } from "./har-body.js";
import { sentUrl } from "./har-entry.js";
import { parseInstant } from "./har-times.js";
import type { RecordedBody, RecordedExchange, RecordedRequest } from "./intake.js";
import { isMembers, type Members, membersAt, numberAt, parseMembers, textAt } from "./loose-json.js";
import { NO_VALUE, withoutRedacted } from "./redaction-marks.js";

/** One record of the Genesys JavaScript SDK's JSON log. */
export interface SdkRecord {
  readonly level: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly date: string | null;
  readonly members: Members;
}

/** What every such record has, whoever put a prefix before it: a container's name, a time of its own. */
const TELLING = /"statusCode"\s*:/;

const FIRST_STATUS = 100;
const LAST_STATUS = 999;

function recordOf(members: Members | null): SdkRecord | null {
  if (members === null) return null;
  // Some loggers put what they are given under `message`.
  const own = isMembers(members.message) ? members.message : members;
  const [method, url, status] = [textAt(own, "method"), textAt(own, "url"), numberAt(own, "statusCode")];
  if (method === null || url === null || status === null || !("correlationId" in own)) return null;
  if (!Number.isInteger(status) || status < FIRST_STATUS || status > LAST_STATUS) return null;
  const level = (textAt(own, "level") ?? textAt(members, "level") ?? "").toLowerCase();
  return { level, method: method.toUpperCase(), url, status, date: textAt(own, "date"), members: own };
}

/** Members under which containers and other loggers keep a line as text: `{"log":"{\\"statusCode\\": ...}\\n","stream":"stdout"}`. */
const WRAPPERS = ["log", "message", "msg", "line", "textPayload"];
const WRAPPED = /\\"statusCode\\"\s*:/;

function membersIn(line: string): Members | null {
  const start = line.indexOf('{"');
  return start === -1 ? null : parseMembers(line.slice(start, line.lastIndexOf("}") + 1));
}

/** The record of a line; null for a line that is something else. Pure. */
export function parseSdkLine(line: string): SdkRecord | null {
  if (TELLING.test(line)) return recordOf(membersIn(line));
  if (!WRAPPED.test(line)) return null;
  const members = membersIn(line);
  const inner = members === null ? null : WRAPPERS.map((name) => textAt(members, name)).find(isTelling);
  return inner === null || inner === undefined ? null : recordOf(membersIn(inner));
}

function isTelling(text: string | null): boolean {
  return text !== null && TELLING.test(text);
}

const RECORD_MEMBERS = /"(?:correlationId|statusCode|requestHeaders|responseHeaders|method|url)"\s*:/g;

/** True for a line that is no record and has a record's members: one that was cut, or damaged. Pure. */
export function isDamagedRecord(line: string): boolean {
  if (new Set(line.match(RECORD_MEMBERS)).size < 2) return false;
  const members = membersIn(line);
  // Others log requests too, as whole JSON of their own.
  return members === null || ("correlationId" in members && "statusCode" in members);
}

function headersOf(members: Members, name: string): HeaderList {
  return Object.entries(membersAt(members, name)).flatMap(([header, value]): HeaderList => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((each) => [header, typeof each === "object" ? NO_VALUE : String(each)] as const);
  });
}

/** What is known of a message's headers: a log at a low level has none of them. */
function knownHeaders(members: Members, name: string): Pick<RecordedRequest, "headers" | "missing"> {
  const { headers, missing } = withoutRedacted(headersOf(members, name));
  return { headers, missing: isMembers(members[name]) ? missing : ["headers"] };
}

/**
 * A body as the log has it. The log writes JSON anew, members sorted, so only the value is that of the wire; a body that
 * was a text is one here too.
 */
function bodyOf(value: unknown): RecordedBody | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? textBody(value, true) : textBody(JSON.stringify(value), false);
}

/** Was there a body that the log does not show? `bodies` says whether it shows any. */
function requestBody({ members, method }: SdkRecord, bodies: boolean): RecordedBody {
  const writes = !["GET", "HEAD", "DELETE"].includes(method);
  return bodyOf(members.requestBody) ?? noBody(writes && !bodies);
}

/** A success's body is never logged; a refusal's is, where the log is told to. */
function responseBody({ members, status }: SdkRecord, headers: HeaderList): RecordedBody {
  const length = headers.find(([name]) => name.toLowerCase() === "content-length")?.[1];
  return bodyOf(members.responseBody) ?? noBody(length !== "0" && status !== 204);
}

/**
 * A record as an exchange. Its date is that of the log, when the answer had come: when the request left is unknown.
 * `bodies`: the log shows the bodies of requests. Pure.
 */
export function sdkExchange(record: SdkRecord, bodies: boolean): RecordedExchange {
  const { members, status } = record;
  const request = knownHeaders(members, "requestHeaders");
  const response = knownHeaders(members, "responseHeaders");
  const sent = requestBody(record, bodies);
  const answered = responseBody(record, response.headers);
  return {
    request: {
      method: record.method,
      url: sentUrl(record.url),
      headers: request.headers,
      body: sent,
      missing: [...request.missing, ...bodyMissing(sent)],
    },
    response: {
      status,
      httpVersion: "",
      headers: response.headers,
      body: answered,
      missing: [...response.missing, ...bodyMissing(answered)],
    },
    error: null,
    times: { startedAtMs: parseInstant(record.date), sentMs: null, firstByteMs: null, endMs: null },
  };
}
