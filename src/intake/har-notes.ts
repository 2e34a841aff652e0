import { headerValue, isWrite } from "../core/http.js";
import type { LeftOut } from "./har-entry.js";
import { harHeaders } from "./har-headers.js";
import type { RecordedExchange } from "./intake.js";
import { type Members, membersAt } from "./loose-json.js";
import { isFromCache } from "./own-cache.js";
import { withoutRedacted } from "./redaction-marks.js";

/** Counts what the entries of a HAR lack. */
export interface HarNotes {
  readonly leaveOut: (reason: LeftOut) => void;
  readonly add: (exchange: RecordedExchange, entry: Members) => void;
  /** One sentence for each thing that is missing, with the setting to change where there is one. */
  readonly sentences: (recordedBy: string | null) => readonly string[];
}

const MORE_REASONS: Readonly<Record<LeftOut, readonly [one: string, many: string]>> = {
  "page asset": ["image, style sheet, font or script", "images, style sheets, fonts and scripts"],
  preflight: ["CORS preflight", "CORS preflights"],
  "no http request": ["entry that is no HTTP request", "entries that are no HTTP requests"],
  "service worker's twin": [
    "request that the page and its service worker both tell",
    "requests that the page and its service worker both tell",
  ],
  "repeated entry": ["entry that the file has before", "entries that the file has before"],
  "cached answer": [
    "answer that the browser's own cache gave after a write: it shows what was there before",
    "answers that the browser's own cache gave after a write: they show what was there before",
  ],
  "followed redirect": [
    "request that was redirected, and is there as it was sent on",
    "requests that were redirected, and are there as they were sent on",
  ],
  "damaged entry": ["damaged entry", "damaged entries"],
};

function leftOutSentence(counts: ReadonlyMap<LeftOut, number>): readonly string[] {
  const words = [...counts].map(([reason, count]) => `${count} ${MORE_REASONS[reason][count === 1 ? 0 : 1]}`);
  return words.length === 0 ? [] : [`left out: ${words.join(", ")}`];
}

/** What to change so that bodies are there next time, by the program that recorded. */
function bodyAdvice(recordedBy: string | null): string {
  if (recordedBy !== null && /firefox/i.test(recordedBy))
    return "in Firefox set devtools.netmonitor.har.includeResponseBodies to true in about:config, and open the network panel first";
  if (recordedBy !== null && /webinspector|chrom|edge/i.test(recordedBy))
    return "in Chrome open the network panel before the requests are sent, and export before the page is left";
  return "export the HAR with its content";
}

function counted(count: number, of: number, what: string): string {
  return `${count} of ${of} ${what}${of === 1 ? "" : "s"}`;
}

const NO_CREDENTIALS =
  "no request has an Authorization header although some were refused with 401 or 403: if it was taken out of the export, gcidem cannot see whose token was used (Chrome: Settings, Preferences, Network, Allow to generate HAR with sensitive data; gcidem redacts it)";

/** `which`: `2 of 5 exchanges`. Pure. */
export function maskedSentence(which: string): string {
  return `somebody took values out of the bodies of ${which}: whether two were equal is unknown; leave them in, gcidem redacts secrets and callers' data itself`;
}

interface Counts {
  total: number;
  writes: number;
  bodiless: number;
  headless: number;
  bodilessAnswers: number;
  answers: number;
  unanswered: number;
  rebuilt: number;
  garbled: number;
  cut: number;
  refusedLogin: number;
  credentials: number;
  masked: number;
}

function count(counts: Counts, { request, response }: RecordedExchange): void {
  const names = request.headers.map(([name]) => name);
  counts.total += 1;
  if (isWrite(request.method, names)) counts.writes += 1;
  if (request.body.garbled || response?.body.garbled === true) counts.garbled += 1;
  if (request.body.missing && !request.body.garbled) counts.bodiless += 1;
  if (request.missing.includes("headers")) counts.headless += 1;
  if (!request.body.exact) counts.rebuilt += 1;
  if (request.body.cut || response?.body.cut === true) counts.cut += 1;
  if (headerValue(request.headers, "authorization") !== null) counts.credentials += 1;
  if (response === null) counts.unanswered += 1;
  else counts.answers += 1;
  if (response?.body.missing === true && !response.body.garbled) counts.bodilessAnswers += 1;
  if (request.missing.includes("values") || response?.missing.includes("values") === true) counts.masked += 1;
  if (response?.status === 401 || response?.status === 403) counts.refusedLogin += 1;
}

function sentencesOf(counts: Counts, advice: string): readonly (string | null)[] {
  const { bodiless, bodilessAnswers, unanswered, rebuilt, cut } = counts;
  return [
    bodiless > 0 && `the body of ${counted(bodiless, counts.writes, "write")} is missing: ${advice}`,
    bodilessAnswers > 0 &&
      `the body of ${counted(bodilessAnswers, counts.answers, "answer")} is missing: ${advice}`,
    counts.headless > 0 &&
      `${counted(counts.headless, counts.total, "request")} ${counts.headless === 1 ? "has" : "have"} no headers, so no key and no If-Match: export the HAR with them`,
    unanswered > 0 &&
      `${counted(unanswered, counts.total, "request")} ${unanswered === 1 ? "has" : "have"} no answer`,
    rebuilt > 0 &&
      `the bytes of ${counted(rebuilt, counts.writes, "write")} were made anew, of a form's fields or decompressed: their spelling may differ from what was sent`,
    counts.garbled > 0 &&
      `the bodies of ${counted(counts.garbled, counts.total, "exchange")} are said to be base64 and are not: they are taken as missing; was the recording edited or cut?`,
    cut > 0 &&
      `${counted(cut, counts.total, "exchange")} had bodies of more than 1 MiB, which were cut there`,
    counts.masked > 0 && maskedSentence(counted(counts.masked, counts.total, "exchange")),
    counts.refusedLogin > 0 && counts.credentials === 0 && NO_CREDENTIALS,
  ].map((each) => (each === false ? null : each));
}

/** What a browser's own cache says may be outdated, and looks like the server's answer. */
function cacheSentence(cached: number): readonly string[] {
  if (cached === 0) return [];
  const answers = cached === 1 ? "1 answer" : `${cached} answers`;
  return [
    `${answers} came out of the browser's own cache: the server saw nothing of it, and it may be outdated`,
  ];
}

/** Starts counting. */
export function createHarNotes(): HarNotes {
  const left = new Map<LeftOut, number>();
  const redacted = new Map<string, number>();
  let cached = 0;
  const counts: Counts = {
    ...{ total: 0, writes: 0, bodiless: 0, headless: 0, bodilessAnswers: 0, answers: 0 },
    ...{ unanswered: 0, rebuilt: 0, garbled: 0, cut: 0, refusedLogin: 0, credentials: 0, masked: 0 },
  };
  const noteRedacted = (message: Members): void => {
    for (const name of withoutRedacted(harHeaders(message)).redacted)
      redacted.set(name.toLowerCase(), (redacted.get(name.toLowerCase()) ?? 0) + 1);
  };
  return {
    leaveOut: (reason) => left.set(reason, (left.get(reason) ?? 0) + 1),
    add: (exchange, entry) => {
      count(counts, exchange);
      if (isFromCache(entry)) cached += 1;
      noteRedacted(membersAt(entry, "request"));
      noteRedacted(membersAt(entry, "response"));
    },
    sentences: (recordedBy) => [
      ...cacheSentence(cached),
      ...sentencesOf(counts, bodyAdvice(recordedBy)).flatMap((each) => each ?? []),
      ...[...redacted].map(
        ([name, times]) =>
          `somebody took the value out of ${counted(times, counts.total, `${name} header`)}: whether two were equal is unknown; leave it in, gcidem redacts credentials itself`,
      ),
      ...leftOutSentence(left),
    ],
  };
}
