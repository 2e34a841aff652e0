import {
  type BodyFingerprint,
  type IdempotencyPolicy,
  type ScopePart,
  WRITE_METHODS,
} from "../idempotency-policy.js";
import type { Dimensions } from "../policy.js";
import { capital, distinct, listed, NOTHING, type Place, paragraph, refusal, type Sayer } from "./say.js";

/** Whether requests of this place are looked at for a key at all. Pure. */
function isLookedAt({ idempotency: { support, methods } }: Dimensions, place: Place): boolean {
  return support !== "ignored" && place.methods.some((method) => methods.includes(method));
}

/** Whether a key binds a request here. Pure. */
export function isKeyed(dimensions: Dimensions, place: Place): boolean {
  return isLookedAt(dimensions, place) && dimensions.idempotency.support !== "rejected";
}

/** A sayer that has something to say only where a key binds a request. */
export function whereKeyed(say: Sayer): Sayer {
  return (dimensions, place) => (isKeyed(dimensions, place) ? say(dimensions, place) : NOTHING);
}

const SUPPORT: Readonly<Record<IdempotencyPolicy["support"], string>> = {
  ignored:
    "Keys are not looked at: a request that comes again with its key is carried out again. After a lost answer look first, then repeat.",
  honoured: "A request may carry a key; one without a key is carried out each time that it comes.",
  required: "Every request must carry a key.",
  rejected: "Keys are refused: send none, and after a lost answer look first, then repeat.",
};

/** Says whether keys count at all. */
export const saySupport: Sayer = (dimensions, place) => {
  const { support } = dimensions.idempotency;
  if (place.methods.length === 0) return NOTHING;
  return support === "ignored" || isLookedAt(dimensions, place) ? [SUPPORT[support]] : NOTHING;
};

const CARRIER: Readonly<Record<IdempotencyPolicy["carrier"]["kind"], (name: string) => string>> = {
  header: (name) => `The key travels in the header ${name}.`,
  query: (name) => `The key travels in the query parameter ${name}.`,
  body: (name) => `The key travels in the member \`${name}\` at the top of the JSON body, as a text.`,
};

/** Says where a key travels. */
export const sayCarrier: Sayer = (dimensions, place) => {
  const { kind, name } = dimensions.idempotency.carrier;
  return isLookedAt(dimensions, place) ? [CARRIER[kind](name)] : NOTHING;
};

/** Says on which methods a key counts. */
export const sayMethods: Sayer = ({ idempotency: { support, methods } }, place) => {
  if (support === "ignored" || place.methods.length === 0) return NOTHING;
  const counts = WRITE_METHODS.filter((method) => methods.includes(method));
  const others = WRITE_METHODS.filter((method) => !methods.includes(method));
  if (counts.length === 0) return ["Keys count on no method: nobody looks at them."];
  const where = `Keys count on ${listed(counts)}`;
  return [others.length === 0 ? `${where}.` : `${where}; on ${listed(others)} nobody looks at them.`];
};

const SYNTAX: Readonly<Record<IdempotencyPolicy["syntax"], string>> = {
  bare: "A key is sent as it is: quotes around it would be a part of it, and so make another key.",
  quoted: 'A key is sent in double quotes, as in "8e03978e-40d5"; without them it is malformed.',
  normalised: "A key is sent with or without double quotes, which makes no difference.",
};

/** Says how a key is written. */
export const saySyntax: Sayer = whereKeyed(({ idempotency: { carrier, syntax } }) =>
  carrier.kind === "body" ? NOTHING : [SYNTAX[syntax]],
);

/** Says how long a key may be. */
export const sayMaxLength: Sayer = whereKeyed(({ idempotency: { maxLength } }) => [
  `A key may have up to ${maxLength} ${maxLength === 1 ? "character" : "characters"}.`,
]);

/** Says what a request without a required key gets. */
export const sayMissing: Sayer = whereKeyed((dimensions) => {
  const { support, missing } = dimensions.idempotency;
  if (support !== "required") return NOTHING;
  return [`A request without a key gets ${refusal(missing.status, dimensions)} and is not carried out.`];
});

function malformedKey({ carrier, syntax }: IdempotencyPolicy): string {
  if (carrier.kind === "body") return "A key that is no text, is empty or too long";
  return syntax === "quoted" ? "A key without quotes, empty or too long" : "A key that is empty or too long";
}

/** Says what a key gets that cannot be used, or any key where none is taken. */
export const sayMalformed: Sayer = (dimensions, place) => {
  const { idempotency } = dimensions;
  if (!isLookedAt(dimensions, place)) return NOTHING;
  const found = idempotency.support === "rejected" ? "A request with a key" : malformedKey(idempotency);
  return [`${found} gets ${refusal(idempotency.malformed.status, dimensions)} and nothing is carried out.`];
};

const SCOPE: Readonly<Record<ScopePart, string>> = {
  account: "the account",
  principal: "the caller",
  method: "the method",
  path: "the path",
  query: "the query",
};

/** Says what a key is unique in. */
export const sayScope: Sayer = whereKeyed(({ idempotency: { scope } }) => {
  const parts = (Object.keys(SCOPE) as readonly ScopePart[]).filter((part) => scope.includes(part));
  const isShared = !parts.includes("account") && !parts.includes("principal");
  const shared = isShared ? "All callers share their keys: make them random." : null;
  if (parts.length === 0)
    return paragraph("A key is one and the same on the whole server, whatever it is used for.", shared);
  const where = listed(
    parts.map((part) => SCOPE[part]),
    "or",
  );
  return paragraph(`The same text is another key wherever ${where} differs.`, shared);
});

const BODY: Readonly<Record<BodyFingerprint["kind"], string>> = {
  none: "Bodies are not compared: a request with the same key and another body passes for the same request.",
  bytes:
    "Bodies are compared byte by byte: store the bytes and send the very same, since JSON that is written anew is another body.",
  serialised:
    "Bodies are compared as JSON without its white space: the order of members counts, so send what you stored.",
  "canonical-json": "Bodies are compared as JSON values: white space and the order of members do not count.",
  "member-names":
    "Of bodies only the names of their members are compared: another value passes for the same request.",
  fields: "Of bodies only these members are compared, and whatever else differs passes for the same request:",
};

const NUMBERS: Readonly<Record<IdempotencyPolicy["fingerprint"]["numbers"], string>> = {
  ieee: "1 and 1.0 are equal.",
  textual: "1 and 1.0 are different.",
};

const BY_VALUE: ReadonlySet<BodyFingerprint["kind"]> = new Set(["serialised", "canonical-json", "fields"]);

const REQUEST_PARTS = ["method", "path", "query"] as const;

/** Parts of the request that may differ under one key: what is in the scope makes another key. */
function partsUnder({ scope, fingerprint }: IdempotencyPolicy, compared: boolean): readonly string[] {
  return REQUEST_PARTS.filter((part) => !scope.includes(part) && fingerprint[part] === compared);
}

function comparedHeaders({ fingerprint }: IdempotencyPolicy): readonly string[] {
  return distinct(fingerprint.headers).toSorted();
}

/** What may make another request of one with the same key, in words; none where nothing is compared. Pure. */
export function differences({ idempotency }: Dimensions): readonly string[] {
  return [
    ...(idempotency.fingerprint.body.kind === "none" ? [] : ["body"]),
    ...partsUnder(idempotency, true),
    ...comparedHeaders(idempotency).map((name) => `${name} header`),
  ];
}

/** Says what must be the same when a key comes again. */
export const sayFingerprint: Sayer = whereKeyed(({ idempotency }) => {
  const { body, numbers } = idempotency.fingerprint;
  const fields = body.kind === "fields" ? ` ${listed(body.fields)}.` : "";
  const parts = [
    ...partsUnder(idempotency, true).map((part) => `the ${part}`),
    ...comparedHeaders(idempotency).map((name) => `the header ${name}`),
  ];
  const free = partsUnder(idempotency, false).map((part) => `the ${part}`);
  return paragraph(
    `${BODY[body.kind]}${fields}`,
    BY_VALUE.has(body.kind) ? NUMBERS[numbers] : null,
    parts.length === 0 ? null : `${capital(listed(parts))} must be the same as well.`,
    free.length === 0 ? null : `${capital(listed(free))} may differ.`,
  );
});
