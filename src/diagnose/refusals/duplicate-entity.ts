import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import type { Seen } from "../seen.js";
import { jsonOf } from "../words.js";
import { createOnlyIn } from "./create-only.js";
import { mayBeFreed } from "./freed.js";

const STATUS: Readonly<Record<number, number>> = {
  409: 3,
  412: 2,
  422: 1,
  400: 1,
  423: -5,
  425: -5,
  417: -5,
};
const NATURAL =
  /^(?:id|name|email|username|userName|addresses|primaryContactInfo|sku|key|code|number|externalId)$/i;

/** Members by which things are told apart, with their values. */
function naturalIdentity(seen: Seen): readonly string[] {
  seen.kept.identity ??= readIdentity(seen);
  return seen.kept.identity;
}

function readIdentity({ exchange }: Seen): readonly string[] {
  const body = jsonOf(exchange.request);
  if (typeof body !== "object" || body === null) return [];
  // What Kubernetes makes has its name in its metadata; what it changes has it there as well, and is not renamed.
  const { metadata } = body as { readonly metadata?: unknown };
  const places = exchange.request.method === "POST" ? [body, metadata] : [body];
  return places.flatMap((place) =>
    Object.entries(place ?? {}).flatMap(([name, value]: readonly [string, unknown]) =>
      NATURAL.test(name) && typeof value === "string" ? [`${name.toLowerCase()}=${value.toLowerCase()}`] : [],
    ),
  );
}

/** Where things of this kind are listed, nothing with this name was made here: whatever the list shows of it was there before. */
function isListOf(each: Seen, { refused, near }: Case, has: (seen: Seen) => boolean): boolean {
  if (refused.method !== "POST" || each.path !== refused.path) return false;
  return !near.some(
    (other) =>
      other !== refused &&
      other.writes &&
      other.ending !== "refused" &&
      other.index < each.index &&
      has(other),
  );
}

function holderOf(of: Case, identity: readonly string[]): Seen | null {
  const { refused, near } = of;
  const has = (each: Seen): boolean => naturalIdentity(each).some((part) => identity.includes(part));
  const shows = (each: Seen): boolean =>
    identity.some((part) =>
      (each.exchange.response?.body.toLowerCase() ?? "").includes(`"${part.slice(part.indexOf("=") + 1)}"`),
    );
  return (
    near.find(
      (each) => each.ending === "accepted" && each.index < refused.index && each.writes && has(each),
    ) ??
    near.find(
      (each) =>
        each.ending === "accepted" &&
        !each.writes &&
        (each.resource !== refused.resource || isListOf(each, of, has)) &&
        shows(each),
    ) ??
    null
  );
}

function judge(of: Case): Finding {
  const { refused } = of;
  if (!refused.writes || refused.method === "DELETE")
    return impossible(`${refused.id} makes and renames nothing`);
  const createOnly = createOnlyIn(refused);
  const identity = naturalIdentity(refused);
  if (createOnly === null && refused.method !== "POST" && identity.length === 0) {
    return impossible(`${refused.id} names nothing anew`);
  }
  const holder = holderOf(of, identity);
  const named = identity.length > 0;
  const base = createOnly !== null ? 7 : refused.method === "POST" ? (named ? 1 : -4) : 0;
  return fitting(
    base + (holder === null ? 0 : 5) + statusWeight(refused.status, STATUS),
    createOnly === null ? null : shows(refused, `${createOnly} asks that nothing be there yet`),
    holder === null ? null : shows(holder, "something of the same name exists"),
  );
}

/** Something of that natural identity exists already. */
export const duplicateEntity: RefusalRule = {
  factors: ["body", "operation"],
  factorsOf: ({ refused }) =>
    createOnlyIn(refused) === null ? ["body", "operation"] : ["body", "resource", "operation"],
  holds: "after",
  allows: (of, { seen }) =>
    mayBeFreed(of, seen, ({ path, method }) => method !== "POST" && path.startsWith(`${of.refused.path}/`)),
  spoken: {
    codes: /duplicate|already[._-]?exists|uniqueness|unique|conditionalcheckfailed/,
    prose: /already exists|exists already|is in use|already in use|duplicate|must be unique|taken/,
  },
  catchAll: ["state"],
  judge,
  explain: ({ refused }) => `${refused.id} would make something whose name, address or id is taken already.`,
};
