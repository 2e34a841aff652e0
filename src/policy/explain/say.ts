import type { DimensionName } from "../dimension-names.js";
import { WRITE_METHODS, type WriteMethod } from "../idempotency-policy.js";
import type { Dimensions, ErrorStyle, RouteMatch } from "../policy.js";

/** Where a sentence is said: it speaks of the methods that are meant there, and a route has nothing of the whole server's. */
export interface Place {
  readonly methods: readonly WriteMethod[];
  readonly isRoute: boolean;
}

/** What a dimension means for a client, in sentences; none where it has no effect under the others. */
export type Sayer = (dimensions: Dimensions, place: Place) => readonly string[];

/** A field that no dimension is named after does not compile. Durations have their unit in the field's name only. */
type Named<Name extends DimensionName> = Name;
type NameOf<Part extends string, Field extends string> = Field extends `${infer Plain}Ms`
  ? `${Part}.${Plain}`
  : `${Part}.${Field}`;
type KeyName = Named<NameOf<"idempotency", keyof Dimensions["idempotency"]>>;
type VersionName = Named<NameOf<"concurrency", keyof Dimensions["concurrency"]>>;
type OtherName = Named<Exclude<keyof Dimensions, "idempotency" | "concurrency">>;

/** Something to say of each dimension of keys. */
export type KeySayers = Readonly<Record<KeyName, Sayer>>;

/** Something to say of each dimension of versions. */
export type VersionSayers = Readonly<Record<VersionName, Sayer>>;

/** Something to say of each of the others. */
export type OtherSayers = Readonly<Record<OtherName, Sayer>>;

/** Everywhere: no route in particular. */
export const EVERYWHERE: Place = { methods: WRITE_METHODS, isRoute: false };

/** The place of a route. A method that writes nothing leaves no write method. Pure. */
export function placeOf({ method }: RouteMatch): Place {
  const methods = method === "*" ? WRITE_METHODS : WRITE_METHODS.filter((each) => each === method);
  return { methods, isRoute: true };
}

/** Nothing to say. */
export const NOTHING: readonly string[] = [];

/** One paragraph of the sentences that are there. Pure. */
export function paragraph(...sentences: readonly (string | null)[]): readonly string[] {
  const said = sentences.filter((sentence) => sentence !== null && sentence !== "");
  return said.length === 0 ? NOTHING : [said.join(" ")];
}

/** `a, b and c`. Pure. */
export function listed(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** The first letter in upper case. Pure. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** The same without repetitions. Pure. */
export function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** Whether a style of errors shows the code of a refusal. */
const SHOWS_CODE: Readonly<Record<ErrorStyle, boolean>> = {
  genesys: true,
  "problem+json": true,
  stripe: true,
  graphql: true,
  generic: false,
  opaque: false,
};

/** GraphQL tells refusals with 200; what is not about the operation itself keeps its status. */
function isFolded(status: number, { errors }: Pick<Dimensions, "errors">): boolean {
  return errors === "graphql" && status < 500 && status !== 401 && status !== 429;
}

/** A refusal as the client gets it: its status, and its code where the style of errors shows one. Pure. */
export function refusal(status: number, dimensions: Pick<Dimensions, "errors">, code?: string): string {
  const shown = code === undefined || !SHOWS_CODE[dimensions.errors] ? "" : ` ${code}`;
  return isFolded(status, dimensions) ? `200 with userErrors${shown}` : `${status}${shown}`;
}
