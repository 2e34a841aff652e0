import { hasMaskedValues } from "../core/masked-value.js";
import { maskedSentence } from "./har-notes.js";
import type { SdkRecord } from "./sdk-line.js";

/** What the records of a log lack. */
export interface SdkNotes {
  readonly add: (record: SdkRecord) => void;
  /** True where the log shows the bodies of requests. */
  readonly bodies: () => boolean;
  readonly sentences: () => readonly string[];
}

const LOGGER = "client.config.logger";

/** What no setting of this log changes. */
const NEVER = [
  "each date is that of the answer: when a request left, and which ones overlapped, is unknown",
  "this log never has query strings, bodies of successes, or requests that got no answer: a HAR has them",
];

function isMasked(body: unknown): boolean {
  return hasMaskedValues(typeof body === "string" ? body : (JSON.stringify(body) ?? ""));
}

/** Starts counting. */
export function createSdkNotes(): SdkNotes {
  let [total, bodiless, shown, refused, silent, headerless, masked] = [0, 0, 0, 0, 0, 0, 0];
  const add = ({ members, method, status }: SdkRecord): void => {
    total += 1;
    const writes = !["GET", "HEAD", "DELETE"].includes(method);
    if (members.requestBody !== undefined) shown += 1;
    else if (writes) bodiless += 1;
    if (status >= 400) refused += 1;
    if (status >= 400 && members.responseBody === undefined) silent += 1;
    if (members.responseHeaders === undefined) headerless += 1;
    if (isMasked(members.requestBody) || isMasked(members.responseBody)) masked += 1;
  };
  const sentences = (): readonly string[] => [
    ...(shown === 0 && bodiless > 0
      ? [`the bodies that were sent are not logged: set ${LOGGER}.log_request_body = true`]
      : []),
    ...(refused > 0 && silent === refused
      ? [`what refused requests were answered is not logged: set ${LOGGER}.log_response_body = true`]
      : []),
    ...(headerless > 0
      ? [
          `${headerless} of ${total} answers have no headers, so no correlation ID and no ETag: set ${LOGGER}.log_level to trace`,
        ]
      : []),
    ...(shown > 0
      ? ["the log sorts the members of JSON bodies: their values are those that were sent, their bytes not"]
      : []),
    ...(masked > 0 ? [maskedSentence(`${masked} of ${total} exchanges`)] : []),
    ...NEVER,
  ];
  return { add, bodies: () => shown > 0, sentences };
}
