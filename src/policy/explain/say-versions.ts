import { formatDuration } from "../../core/duration.js";
import type { ConcurrencyPolicy, TokenSource } from "../concurrency-policy.js";
import type { Dimensions } from "../policy.js";
import { listed, NOTHING, type Place, type Sayer } from "./say.js";

/** Whether there is a token at all. Pure. */
export function hasToken({ concurrency: { validator } }: Dimensions): boolean {
  return validator.kind !== "none";
}

/** Whether a write's token is looked at. Pure. */
export function isTokenRead(dimensions: Dimensions, place: Place): boolean {
  return hasToken(dimensions) && place.methods.length > 0 && dimensions.concurrency.readFrom.length > 0;
}

/** Whether a write with an outdated token is kept from its effect. Pure. */
export function isGuarded(dimensions: Dimensions, place: Place): boolean {
  return isTokenRead(dimensions, place) && dimensions.concurrency.stale.outcome !== "accepted";
}

const FORM: Readonly<Record<"integer" | "opaque", string>> = {
  integer: "a whole number",
  opaque: "a text to be sent back as it is",
};

const AS_ETAG: Readonly<Record<"none" | "strong" | "weak", string>> = {
  none: "There is no ETag.",
  strong: "It is offered as a strong ETag besides.",
  weak: "It is offered as a weak ETag besides.",
};

function sayMember(word: string): (validator: ConcurrencyPolicy["validator"]) => string {
  return (validator) => {
    if (!("name" in validator)) return "";
    return `Bodies show a ${word} in the member \`${validator.name}\`, ${FORM[validator.form]}. ${AS_ETAG[validator.etag]}`;
  };
}

const VALIDATOR: Readonly<
  Record<ConcurrencyPolicy["validator"]["kind"], (validator: ConcurrencyPolicy["validator"]) => string>
> = {
  none: () => "Nothing tells versions apart, neither an ETag nor a member: writers cannot notice each other.",
  "etag-strong": () => 'Answers have a strong ETag, such as "7-3f2a".',
  "etag-weak": () => 'Answers have a weak ETag, such as W/"7-3f2a".',
  version: sayMember("version"),
  revision: sayMember("revision"),
};

/** Says by what versions are told apart. */
export const sayValidator: Sayer = ({ concurrency: { validator } }) => [VALIDATOR[validator.kind](validator)];

const MEANING: Readonly<Record<ConcurrencyPolicy["meaning"], string>> = {
  revision: "The token of a state never comes back.",
  "content-hash":
    "The token is a hash of the content: a change that is undone brings the old token back, and nobody notices.",
  "mtime-seconds":
    "The token is the second of the last change: two writes within one second have one token, and the later one goes unnoticed.",
};

/** Says what the token is made of. */
export const sayMeaning: Sayer = (dimensions) =>
  hasToken(dimensions) ? [MEANING[dimensions.concurrency.meaning]] : NOTHING;

const GRANULARITY: Readonly<Record<ConcurrencyPolicy["granularity"], string>> = {
  resource: "A token stands for the whole resource: any write outdates it.",
  field:
    "A token stands for the members that a write touches: an older one still passes where none of these has changed since.",
  parent:
    "A token is the parent's: a write to one participant outdates the token of its conversation, and so that of all others in it.",
};

/** Says what a token stands for. Only a revision tells which members have changed since. */
export const sayGranularity: Sayer = (dimensions, place) => {
  if (!hasToken(dimensions)) return NOTHING;
  const { granularity, meaning } = dimensions.concurrency;
  const isCoarse = granularity === "field" && (meaning !== "revision" || !isGuarded(dimensions, place));
  return [GRANULARITY[isCoarse ? "resource" : granularity]];
};

const NO_OP: Readonly<Record<ConcurrencyPolicy["noOpWrite"], string>> = {
  bump: "Writing what is there already moves the token too.",
  keep: "Writing what is there already leaves the token as it is.",
};

/** Says what a write without a change does to the token; a hash of the content stays in any case. */
export const sayNoOpWrite: Sayer = (dimensions, place) => {
  const { meaning, noOpWrite } = dimensions.concurrency;
  if (!hasToken(dimensions) || place.methods.length === 0 || meaning === "content-hash") return NOTHING;
  return [NO_OP[noOpWrite]];
};

function isShownInWrites({ concurrency: { validator }, success }: Dimensions): boolean {
  if (!("name" in validator)) return validator.kind !== "none";
  return validator.etag !== "none" || (success.body === "representation" && success.status !== 204);
}

/** Says whether the answer to a write shows the new token. What is deleted has none. */
export const sayTokenInWriteResponse: Sayer = (dimensions, place) => {
  if (!hasToken(dimensions) || place.methods.every((method) => method === "DELETE")) return NOTHING;
  const { tokenInWriteResponse } = dimensions.concurrency;
  if (tokenInWriteResponse === false || !isShownInWrites(dimensions))
    return ["The answer to a write does not show the new token: read before the next write."];
  if (tokenInWriteResponse === true)
    return ["The answer to a write shows the new token: the next write needs no read before it."];
  return [
    "The answer to a write shows the new token in another form (weak for strong, strong for weak, text for number): read before the next write.",
  ];
};

const PATCH_MERGES: Readonly<Record<ConcurrencyPolicy["patchMerges"], string>> = {
  "per-key": "A PATCH of a map keeps what it does not name: writers of different members both survive.",
  replace: "A PATCH of a map replaces it: what it does not name is gone.",
};

/** Says what a PATCH does to what it does not name. */
export const sayPatchMerges: Sayer = ({ concurrency: { patchMerges } }, { methods }) =>
  methods.includes("PATCH") ? [PATCH_MERGES[patchMerges]] : NOTHING;

/** Says when a read shows a write. */
export const sayReadLag: Sayer = ({ concurrency: { readLagMs } }, { methods }) => {
  if (methods.length === 0) return NOTHING;
  if (readLagMs === 0) return ["A read shows an acknowledged write at once."];
  return [
    `A read shows an acknowledged write only after ${formatDuration(readLagMs)}: what you read before may be old, and so may its token.`,
  ];
};

const PLACE_OF_TOKEN: Readonly<Record<TokenSource["kind"], (name: string) => string>> = {
  "if-match": () => "from If-Match",
  body: (name) => `from the member \`${name}\` of the body`,
  query: (name) => `from the query parameter ${name}`,
};

/** Where tokens are read, in words, each place once. Pure. */
export function tokenPlaces({ concurrency: { readFrom } }: Dimensions): readonly string[] {
  const places = readFrom.map((source) => PLACE_OF_TOKEN[source.kind]("name" in source ? source.name : ""));
  return [...new Set(places)];
}

/** Says where a writer's token is read. */
export const sayReadFrom: Sayer = (dimensions, place) => {
  if (!hasToken(dimensions) || place.methods.length === 0) return NOTHING;
  const places = tokenPlaces(dimensions);
  if (places.length === 0)
    return ["Nobody looks at the token that a write carries: one with an outdated token overwrites."];
  return [`The token that a write builds on is read ${listed(places, "or")}.`];
};
