import type { RoutePolicy, UniqueField } from "../../policy/policy.js";
import type { Call, Need } from "../operation.js";
import { guard, type ItemTable } from "../org.js";
import { messageOf, type Refusal } from "../refusal.js";

interface Place {
  readonly table: ItemTable;
  readonly member: string;
  /** What of a text counts: addresses of mail are equal whatever the case of their letters. */
  readonly counts: (text: string) => string;
}

const PLACES: Readonly<Record<UniqueField, Place>> = {
  "users.email": { table: "users", member: "email", counts: (text) => text.toLowerCase() },
  "groups.name": { table: "groups", member: "name", counts: (text) => text },
  "things.name": { table: "things", member: "name", counts: (text) => text },
};

/** What a write would make of a member that may be unique. */
export interface UniqueClaim {
  readonly on: UniqueField;
  /** What the body has; anything but a text claims nothing. */
  readonly value: unknown;
}

function isUnique(policy: RoutePolicy, on: UniqueField): boolean {
  return policy.unique.some((rule) => rule.on === on);
}

function guardOf(on: UniqueField, text: string): string {
  return `${on}=${PLACES[on].counts(text)}`;
}

/** The whole collection and the guard of the text, where the policy has such a rule; nothing otherwise. Pure. */
export function needsUnique(policy: RoutePolicy, { on, value }: UniqueClaim): readonly Need[] {
  if (typeof value !== "string" || !isUnique(policy, on)) return [];
  return [
    { table: PLACES[on].table, id: null },
    { table: "guards", id: guardOf(on, value) },
  ];
}

/**
 * The refusal of a text that another resource has; null where the policy has no such rule or nothing else has the text.
 * `ownId` is the resource that is being changed, null for one that is being made.
 */
export function refuseTaken(call: Call, { on, value }: UniqueClaim, ownId: string | null): Refusal | null {
  const rule = call.policy.unique.find((each) => each.on === on);
  if (rule === undefined || typeof value !== "string") return null;
  const { table, member, counts } = PLACES[on];
  const wanted = counts(value);
  for (const item of call.org[table].values()) {
    const has = item.fields[member];
    if (item.id === ownId || typeof has !== "string" || counts(has) !== wanted) continue;
    return {
      status: rule.status,
      code: rule.code,
      message: messageOf(rule.code, `The ${member} is in use.`),
      cause: "duplicate-entity",
      reason: `${table}/${item.id} has the ${member} ${JSON.stringify(has)}`,
    };
  }
  return null;
}

/** Takes the text, so that another server cannot give it away at the same time. Call it from `execute`. */
export function claimUnique(call: Call, { on, value }: UniqueClaim): void {
  if (typeof value === "string" && isUnique(call.policy, on)) guard(call.org, guardOf(on, value));
}
