import type { ReferencedKind, RoutePolicy } from "../../policy/policy.js";
import { isObject } from "../json-shape.js";
import type { Call, Need, Prepared } from "../operation.js";
import { guard } from "../org.js";
import { messageOf, type Refusal } from "../refusal.js";

/** True where a policy keeps such resources from being deleted while something refers to them. Pure. */
function isKept(policy: RoutePolicy, on: ReferencedKind): boolean {
  return policy.references.some((rule) => rule.on === on);
}

/**
 * What `prepare` gives for a delete of such a resource: a refusal where the policy has such a rule and something refers
 * to it. `referrer` tells what does; null: nothing does. Without a rule nothing is looked at, not even a body.
 */
export function unlessReferenced(
  call: Call,
  on: ReferencedKind,
  referrer: () => string | null,
): Pick<Prepared, "validate"> {
  const rule = call.policy.references.find((each) => each.on === on);
  if (rule === undefined) return {};
  const refuse = (): Refusal | null => {
    const reason = referrer();
    const code = "general.conflict";
    const message = messageOf(code, "");
    return reason === null
      ? null
      : { status: rule.status, code, message, cause: "referenced-entity", reason };
  };
  return { validate: refuse };
}

function parentIn(body: unknown): string | null {
  const parentId = isObject(body) ? body.parentId : undefined;
  return typeof parentId === "string" ? parentId : null;
}

/** Whoever makes a thing refer to another one and whoever deletes that other one change this guard. */
function guardOf(parentId: string): string {
  return `things.parentId=${parentId}`;
}

/** What the write of a thing needs that may refer to another one. Pure. */
export function needsParent(body: unknown): readonly Need[] {
  const parentId = parentIn(body);
  return parentId === null ? [] : [{ table: "guards", id: guardOf(parentId) }];
}

/** Makes the reference known to servers that are deleting the other thing. Call it from `execute`. */
export function refersToParent(call: Call, body: unknown): void {
  const parentId = parentIn(body);
  if (parentId !== null) guard(call.org, guardOf(parentId));
}

/** What the delete of a thing needs besides the thing: all that may refer to it, where the policy has such a rule. Pure. */
export function needsChildren(policy: RoutePolicy, id: string): readonly Need[] {
  if (!isKept(policy, "things")) return [];
  return [
    { table: "things", id: null },
    { table: "guards", id: guardOf(id) },
  ];
}

/** Refuses the delete of a thing that another thing's `parentId` names, as {@link unlessReferenced} does. */
export function unlessParent(call: Call, id: string): Pick<Prepared, "validate"> {
  return unlessReferenced(call, "things", () => {
    for (const thing of call.org.things.values()) {
      if (thing.id !== id && thing.fields.parentId === id) return `things/${thing.id} has it as its parentId`;
    }
    return null;
  });
}

/** Makes the delete known to servers on which something is about to refer to the thing. Call it from `execute`. */
export function leavesNoChildren(call: Call, id: string): void {
  if (isKept(call.policy, "things")) guard(call.org, guardOf(id));
}
