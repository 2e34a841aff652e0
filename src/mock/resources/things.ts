import type { RoutePolicy } from "../../policy/policy.js";
import { isObject, refuseInvalid, refuseUnlessObject } from "../json-shape.js";
import type { Call, Effect, Need, Prepared, Route, Wanting } from "../operation.js";
import {
  addItem,
  type Fields,
  fieldsOf,
  type Item,
  type Org,
  setFields,
  setMember,
  type Tombstone,
  tombstoneName,
} from "../org.js";
import { messageOf, type Refusal } from "../refusal.js";
import { bury, historyBefore, lifeOf, makeItem, tombstoneOf } from "../tombstones.js";
import { itemSubject, matching, movesState, needsDeletable, seenItem, withTombstone } from "./items.js";
import { leavesNoChildren, needsChildren, needsParent, refersToParent, unlessParent } from "./references.js";
import { claimUnique, needsUnique, refuseTaken, type UniqueClaim } from "./unique-names.js";

const COLLECTION = "/api/v2/mock/things";
const MEMBER = `${COLLECTION}/{id}`;

function view(thing: Item): Fields {
  const shown: Fields = { id: thing.id };
  for (const name of Object.keys(thing.fields)) setMember(shown, name, thing.fields[name]);
  return shown;
}

function claimOf(body: unknown): UniqueClaim {
  return { on: "things.name", value: isObject(body) ? body.name : undefined };
}

/** What other servers must know of a write. */
function announce(call: Call, body: unknown): void {
  claimUnique(call, claimOf(body));
  refersToParent(call, body);
}

/** The content of a body: neither the id nor the token is content. */
function contentOf(call: Call, body: unknown): Fields {
  const { id: _id, ...rest } = isObject(body) ? body : {};
  const fields = fieldsOf(rest);
  const { validator } = call.policy.concurrency;
  if ("name" in validator) delete fields[validator.name];
  return fields;
}

function check(id: string | null): (body: unknown) => Refusal | null {
  return (body) => {
    if (!isObject(body)) return refuseUnlessObject(body);
    const sent = body.id;
    const fits =
      sent === undefined || (typeof sent === "string" && sent !== "" && (id === null || sent === id));
    return refuseInvalid(fits ? [] : [{ errorCode: "invalid.value", fieldName: "id" }]);
  };
}

/** `id` null: the server makes one, which nothing can have had before. */
function put(call: Call, id: string | null, body: unknown): Item {
  const { org, instant } = call;
  const content = contentOf(call, body);
  const thing =
    id === null
      ? addItem(org, "things", { fields: { ...content, id: org.random.uuid() }, instant })
      : makeItem(call, "things", { ...content, id });
  announce(call, body);
  return thing;
}

function trailsDeletes({ concurrency }: RoutePolicy): boolean {
  return concurrency.readLagMs > 0;
}

function deletedThings(org: Org): readonly Tombstone[] {
  const prefix = tombstoneName("things", "");
  return [...org.tombstones].flatMap(([name, tombstone]) => (name.startsWith(prefix) ? [tombstone] : []));
}

/** What was deleted is listed for as long as reads trail that. */
function list(call: Call): Prepared {
  const { org, policy } = call;
  const deleted = trailsDeletes(policy) ? deletedThings(org) : [];
  const seen = [...org.things.values(), ...deleted].flatMap((held) => seenItem(held, call) ?? []);
  const entities = matching(seen.map(view), call.query);
  return { subject: null, execute: () => ({ representation: { entities, total: entities.length } }) };
}

/** An id that a client chose and that is taken: the natural identity of this collection. */
function refuseTakenId(call: Call, body: unknown): Refusal | null {
  const wanted = isObject(body) ? body.id : undefined;
  if (typeof wanted !== "string" || !call.org.things.has(wanted)) return null;
  return {
    status: 409,
    code: "general.conflict",
    message: messageOf("general.conflict", ""),
    cause: "duplicate-entity",
    reason: `a thing with the id ${wanted} exists`,
  };
}

function current(call: Call, stored: unknown): Effect | null {
  const thing = isObject(stored) ? call.org.things.get(String(stored.id)) : undefined;
  return thing === undefined
    ? null
    : { representation: view(thing), subject: itemSubject(thing, "thing", view) };
}

/** Half of a surrogate pair: JSON can hold one, a URL cannot. */
const HALF_CHARACTER = /\p{Surrogate}/gu;

function create(call: Call): Prepared {
  return {
    subject: null,
    validate: (body) =>
      check(null)(body) ?? refuseTakenId(call, body) ?? refuseTaken(call, claimOf(body), null),
    current: (stored) => current(call, stored),
    execute: (body) => {
      const wanted = isObject(body) ? body.id : undefined;
      const thing = put(call, typeof wanted === "string" ? wanted : null, body);
      const location = `${COLLECTION}/${encodeURIComponent(thing.id.replace(HALF_CHARACTER, "\ufffd"))}`;
      return {
        representation: view(thing),
        subject: itemSubject(thing, "thing", view),
        location,
        resource: lifeOf("things", thing),
      };
    },
  };
}

function read(call: Call): Prepared | null {
  const id = call.params[0] ?? "";
  const held = call.org.things.get(id) ?? tombstoneOf(call, "things", id);
  const seen = seenItem(held, call);
  if (seen === null) return null;
  return { subject: itemSubject(seen, "thing", view), execute: () => ({ representation: view(seen) }) };
}

function change(mergesAs: (call: Call) => "per-key" | "replace"): (call: Call) => Prepared | null {
  return (call) => {
    const id = call.params[0] ?? "";
    const thing = call.org.things.get(id);
    if (thing === undefined) return null;
    const merges = mergesAs(call) === "per-key";
    return {
      subject: itemSubject(thing, "thing", view),
      validate: (body) => check(id)(body) ?? refuseTaken(call, claimOf(body), id),
      setsState: movesState(thing),
      members: (body) => (merges ? Object.keys(contentOf(call, body)) : null),
      current: () => ({ representation: view(thing) }),
      execute: (body) => {
        const before = merges ? thing.fields : {};
        setFields(thing, fieldsOf({ ...before, ...contentOf(call, body) }), call.instant);
        announce(call, body);
        return { representation: view(thing), resource: lifeOf("things", thing) };
      },
    };
  };
}

/** A PUT to a free id creates it, as RFC 9110 has it: this is what If-None-Match: * is for. */
function replaceOrCreate(call: Call): Prepared | null {
  const id = call.params[0] ?? "";
  if (call.org.things.has(id)) return change(() => "replace")(call);
  return {
    subject: null,
    history: () => historyBefore(call, "things", id),
    validate: (body) => check(id)(body) ?? refuseTaken(call, claimOf(body), id),
    execute: (body) => {
      const thing = put(call, id, body);
      return {
        representation: view(thing),
        subject: itemSubject(thing, "thing", view),
        created: true,
        resource: lifeOf("things", thing),
      };
    },
  };
}

function remove(call: Call): Prepared | null {
  const id = call.params[0] ?? "";
  const thing = call.org.things.get(id);
  if (thing === undefined) return null;
  return {
    subject: itemSubject(thing, "thing", view),
    ...unlessParent(call, id),
    execute: () => {
      bury(call, "things", thing);
      leavesNoChildren(call, id);
      return { representation: view(thing), gone: true };
    },
  };
}

function needsList({ policy }: Wanting): readonly Need[] {
  const all: Need = { table: "things", id: null };
  return trailsDeletes(policy) ? [all, { table: "tombstones", id: null }] : [all];
}

function needsOfBody({ policy, body }: Wanting): readonly Need[] {
  return [...needsUnique(policy, claimOf(body)), ...needsParent(body)];
}

/** A client may choose the id of what it creates. */
function needsWanted(wanting: Wanting): readonly Need[] {
  const wanted = isObject(wanting.body) ? wanting.body.id : undefined;
  const others = needsOfBody(wanting);
  return typeof wanted === "string" ? [...withTombstone("things", wanted), ...others] : others;
}

function needsChanged(wanting: Wanting): readonly Need[] {
  return [...needsDeletable("things")(wanting), ...needsOfBody(wanting)];
}

function needsRemoved(wanting: Wanting): readonly Need[] {
  return [...needsDeletable("things")(wanting), ...needsChildren(wanting.policy, wanting.params[0] ?? "")];
}

const OPEN = { scope: null, permission: null, invented: false } as const;

/** gcidem's own collection: whatever a policy says of tokens can be tried on it. */
export const THING_ROUTES: readonly Route[] = [
  { ...OPEN, method: "GET", template: COLLECTION, needs: needsList, prepare: list },
  { ...OPEN, method: "POST", template: COLLECTION, needs: needsWanted, prepare: create },
  { ...OPEN, method: "GET", template: MEMBER, needs: needsDeletable("things"), prepare: read },
  { ...OPEN, method: "PUT", template: MEMBER, needs: needsChanged, prepare: replaceOrCreate },
  {
    ...OPEN,
    method: "PATCH",
    template: MEMBER,
    needs: needsChanged,
    prepare: change((call) => call.policy.concurrency.patchMerges),
  },
  { ...OPEN, method: "DELETE", template: MEMBER, needs: needsRemoved, prepare: remove },
];
