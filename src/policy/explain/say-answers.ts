import { formatDuration } from "../../core/duration.js";
import type {
  Dimensions,
  ErrorStyle,
  FaultKind,
  FaultRule,
  Front,
  OrderWord,
  SuccessAnswer,
} from "../policy.js";
import { listed, NOTHING, paragraph, refusal, type Sayer } from "./say.js";
import { isKeyed } from "./say-keys.js";
import { isGuarded } from "./say-versions.js";

const SUCCESS_BODY: Readonly<Record<SuccessAnswer["body"], string>> = {
  representation: "with what is there now",
  empty: "without a body: read to see what was done",
};

/** Says what the answer to a successful write looks like. RFC 9110, 9.3.4: a PUT that creates says 201. */
export const saySuccess: Sayer = ({ success }, { methods }) => {
  if (methods.length === 0) return NOTHING;
  const body = success.status === 204 ? "empty" : success.body;
  const created = success.status === 200 && methods.includes("PUT") ? " (201 where a PUT creates)" : "";
  return [`A write that succeeds is answered ${success.status}${created} ${SUCCESS_BODY[body]}.`];
};

const ERRORS: Readonly<Record<ErrorStyle, string>> = {
  genesys:
    "Errors have the platform's ErrorBody: message, code, status, contextId (the correlation ID), details.",
  "problem+json": "Errors are application/problem+json (RFC 9457): `type` tells them apart.",
  stripe:
    "Errors are { error: { type, code, message } }: what a key is refused for has the type idempotency_error.",
  generic: "Errors are { status, error, message }: no code tells them apart, only status and message.",
  graphql: "Refusals come as 200 with userErrors: look into each body. 401, 429 and 5xx keep their status.",
  opaque: "Every refusal has the same body, which says nothing: only its status tells.",
};

/** Says how error bodies are written. */
export const sayErrors: Sayer = ({ errors }) => [ERRORS[errors]];

/** Says what a caller gets that may not do something. */
export const sayPermissions: Sayer = (dimensions) => {
  const gets = refusal(dimensions.permissions.missingScope, dimensions);
  return dimensions.permissions.missingScope === 403
    ? [
        `A missing permission gets ${gets}${dimensions.errors === "opaque" ? "" : ", and the message names it"}.`,
      ]
    : [`A missing permission gets ${gets} and does not say so: no other body, key or token helps.`];
};

const RULE: Readonly<Record<OrderWord, string>> = {
  auth: "login and permission",
  rateLimit: "rate limit",
  key: "key",
  validation: "body",
  precondition: "token",
  lock: "locks and terminal states",
};

/** C15: what the order means for a client that repeats a request after its token has moved. */
function orderOfRetry(dimensions: Dimensions): string {
  const { order } = dimensions;
  return order.indexOf("key") < order.indexOf("precondition")
    ? "A retry with its key is answered by the key, though its first attempt has outdated its token."
    : "A retry whose first attempt has outdated its token is refused for the token, before its key is looked at.";
}

/** Says which rule answers first. */
export const sayOrder: Sayer = (dimensions, place) => {
  const rules = dimensions.order.map((word) => RULE[word]);
  const both = isKeyed(dimensions, place) && isGuarded(dimensions, place);
  return paragraph(
    `Rules are asked in this order, and the first that says no answers: ${rules.join(", ")}.`,
    both ? orderOfRetry(dimensions) : null,
  );
};

function headerOfKeys({ idempotency: { carrier } }: Dimensions): string {
  return carrier.kind === "header" ? carrier.name : "Idempotency-Key";
}

function sayRewrite(front: Extract<Front, { kind: "rewrite" }>): string {
  switch (front.what) {
    case "reserialise":
      return "A middleware of your own in front writes every JSON body anew: the bytes that arrive are not those that were sent, nor the same each time.";
    case "drop-header":
      return `A middleware of your own in front drops the header ${front.name}: it never arrives.`;
    case "add-field":
      return `A middleware of your own in front adds a member \`${front.name}\` to every JSON body, another value each time.`;
  }
}

/** Says what stands between client and server. */
export const sayFront: Sayer = (dimensions) => {
  const { front } = dimensions;
  if (front === null) return NOTHING;
  if (front.kind === "rewrite") return [sayRewrite(front)];
  return [
    `A cache of your own stands in front: where it knows the ${headerOfKeys(dimensions)} of a request, it returns the old answer (with Age and Via), and the server never hears of it.`,
  ];
};

type FaultWords = (rule: FaultRule, dimensions: Dimensions) => string;

const FAULT: Readonly<Record<FaultKind, FaultWords>> = {
  "drop-response": () => "is carried out, and the connection ends without an answer",
  "reset-before": () => "goes unseen: the connection is reset before anybody looks at it",
  "reset-after": () => "is carried out, and the connection is reset instead of an answer",
  delay: ({ forMs }) => `takes ${formatDuration(forMs)} longer`,
  "5xx-before": ({ status }) => `gets ${status} and is not carried out`,
  "5xx-after": ({ status }) => `is carried out and gets ${status} all the same`,
  "429": () => "gets 429 with a Retry-After and is not carried out",
  truncate: () => "is carried out, and its answer breaks off in the middle",
  "wrong-length": () => "gets an answer that is longer than its Content-Length",
  "bad-gzip": () => "gets an answer that says gzip and is not",
  garbage: () => "gets bytes that are not HTTP",
  "slow-drip": ({ forMs }) => `gets its answer in small pieces, ${formatDuration(forMs)} apart`,
  "duplicate-delivery": () => "arrives twice, as behind a proxy that tries again",
  "expire-token": () => "meets a token that has just run out: 401",
  "spurious-conflict": (_rule, dimensions) =>
    `gets ${refusal(dimensions.concurrency.stale.status, dimensions)} as if its token were outdated, though nothing has moved (a read is answered)`,
};

function ordinal(count: number): string {
  const teen = Math.floor((count % 100) / 10) === 1;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${ending}`;
}

function whichRequests({ on, probability }: FaultRule): string {
  const route = on.route === null ? "request" : `${on.route.method} ${on.route.path}`;
  const step = on.step === null ? "" : ` of step ${on.step}`;
  const which = on.nth === null ? "Every" : `The ${ordinal(on.nth)}`;
  const chance = probability >= 1 ? "" : `, with a probability of ${probability},`;
  return `${which} ${route}${step}${chance}`;
}

/** Says what goes wrong on purpose. */
export const sayFaults: Sayer = (dimensions) =>
  dimensions.faults.map((rule) => `${whichRequests(rule)} ${FAULT[rule.kind](rule, dimensions)}.`);

/** Which requests there are, in words. */
export const PATHS: Readonly<Record<"documented" | "forum-lore", string>> = {
  documented:
    "The server has the vendor's paths, as far as the mock knows them, and gcidem's own /api/v2/mock.",
  "forum-lore": `Besides the vendor's paths and gcidem's own /api/v2/mock the server has the ones that forum posts made up: ${listed(["conversations/voice", "dataactions", "a participant by itself", "/api/charges"])}.`,
};
