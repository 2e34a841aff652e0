import { type Content, contentAsSent } from "./bodies.js";
import type { Model } from "./model.js";
import { kindOfPath, type Rules } from "./rules.js";
import type { Sent } from "./sent.js";
import { type Change, contentOf } from "./tokens.js";

/** What a request would do. */
export type Deed =
  | { readonly kind: "change"; readonly change: Change; readonly created: boolean }
  | { readonly kind: "execution"; readonly action: string }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly causes: readonly string[];
      /** `missing`: nothing is there. `taken`: an id or a name is in use. `referenced`: something else names it. */
      readonly why: "missing" | "taken" | "referenced";
    };

/** The thing that a path names; null for a path of anything else. */
export function thingOf(path: string): string | null {
  return kindOfPath(path) === "thing" ? (path.split("/").at(-1) ?? null) : null;
}

/** What a PATCH leaves (patchMerges): the keys of a thing are its members. */
function patched(before: Content, after: Content, { concurrency }: Rules): Content {
  return concurrency.patchMerges === "replace" ? after : { ...before, ...after };
}

/** The members that a request writes; null: all, those included that it leaves out and so removes. */
export function namedBy(sent: Sent, rules: Rules): readonly string[] | null {
  const isWhole = sent.method !== "PATCH" || rules.concurrency.patchMerges === "replace";
  return isWhole ? null : Object.keys(contentIn(sent, rules));
}

const NOT_FOUND: Deed = {
  kind: "refused",
  status: 404,
  causes: ["no-such-operation", "invalid-request", "unexplained"],
  why: "missing",
};
const DUPLICATE: Deed = { kind: "refused", status: 409, causes: ["duplicate-entity"], why: "taken" };

/** The other things that exist now. */
function others(model: Model, thing: string): readonly Content[] {
  return [...model.things].flatMap(([id, states]) => {
    const content = states.at(-1)?.content;
    return id === thing || content == null ? [] : [content];
  });
}

/** unique: no two things have the same text in a member that the policy says so of. */
function takenName(model: Model, thing: string, name: unknown, { unique }: Rules): Deed | null {
  const rule = unique.find(({ on }) => on === "things.name");
  const taken = typeof name === "string" && others(model, thing).some((other) => other.name === name);
  return rule === undefined || !taken
    ? null
    : { kind: "refused", status: rule.status, causes: ["duplicate-entity"], why: "taken" };
}

/** references: what another thing names as its parent stays. */
function named(model: Model, thing: string, { references }: Rules): Deed | null {
  const rule = references.find(({ on }) => on === "things");
  const isNamed = others(model, thing).some(({ parentId }) => parentId === thing);
  return rule === undefined || !isNamed
    ? null
    : { kind: "refused", status: rule.status, causes: ["referenced-entity"], why: "referenced" };
}

/** What a body says of a thing: all but its id and its token. A key that travels in a body is a member like others. */
function contentIn({ body, key }: Sent, { idempotency: { carrier } }: Rules): Content {
  const keyMember = carrier.kind === "body" && key !== null ? { [carrier.name]: key.raw } : {};
  return body === null ? {} : contentAsSent(body, keyMember);
}

function creation(model: Model, sent: Sent, rules: Rules, newId: string): Deed {
  const chosen = sent.body?.fixed.id;
  const thing = chosen === undefined ? newId : `${chosen}`;
  if (contentOf(model, thing) !== null) return DUPLICATE;
  const content = contentIn(sent, rules);
  const taken = takenName(model, thing, content.name, rules);
  if (taken !== null) return taken;
  const change = { thing, content, named: null, by: sent.principal };
  return { kind: "change", change, created: true };
}

function write(model: Model, thing: string, sent: Sent, rules: Rules): Deed {
  const before = contentOf(model, thing);
  const written = contentIn(sent, rules);
  const by = sent.principal;
  if (sent.method !== "PUT" && before === null) return NOT_FOUND;
  if (sent.method === "DELETE") {
    const change = { thing, content: null, named: null, by };
    return named(model, thing, rules) ?? { kind: "change", change, created: false };
  }
  const content = sent.method === "PUT" ? written : patched(before ?? {}, written, rules);
  const change = { thing, content, named: namedBy(sent, rules), by };
  const taken = takenName(model, thing, written.name, rules);
  return taken ?? { kind: "change", change, created: before === null };
}

/** What a write would do, were nothing in its way. `newId` stands for the id that the server makes. */
export function deedOf(model: Model, sent: Sent, rules: Rules, newId: string): Deed {
  const kind = kindOfPath(sent.path);
  if (kind === "action") return { kind: "execution", action: sent.path.split("/").at(-2) ?? "" };
  if (kind === "things") return creation(model, sent, rules, newId);
  return write(model, thingOf(sent.path) ?? "", sent, rules);
}
