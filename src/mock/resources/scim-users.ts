import type { Call, Effect, Prepared, Route } from "../operation.js";
import type { Fields, Item } from "../org.js";
import { needsMember, seenItem } from "./items.js";
import { attributesOf, membersOf, setAttributes, USER_SCHEMA } from "./scim-attributes.js";
import { patchAttributes, replaceAttributes, type Written } from "./scim-patch.js";
import { claimUnique, needsUnique, refuseTaken, type UniqueClaim } from "./unique-names.js";
import { userOf, userSubject } from "./users.js";

/** The SDK's `ScimV2User`. The token is its `meta.version`, bare; an If-Match has it in double quotes. */
function shown(user: Item, collection: string): Effect {
  const representation: Fields = { schemas: [USER_SCHEMA], id: user.id, ...attributesOf(user) };
  return {
    representation,
    placeToken: (token) => {
      representation.meta = {
        resourceType: "User",
        lastModified: new Date(user.versioned.changedAtEpochMs).toISOString(),
        location: `${collection}/${user.id}`,
        ...(token === null ? {} : { version: token.text }),
      };
    },
  };
}

type Write = (current: Fields, body: unknown) => Written;

/** The address that a write asks for; a write that names none leaves the user its own. */
function claimOf(written: Written): UniqueClaim {
  const asked = "attributes" in written && written.touched.has("userName");
  return { on: "users.email", value: asked ? written.attributes.userName : undefined };
}

function read(collection: string): Route["prepare"] {
  return (call): Prepared | null => {
    const seen = seenItem(userOf(call), call);
    if (seen === null) return null;
    return { subject: userSubject(seen), execute: () => shown(seen, collection) };
  };
}

function carryOut(call: Call, user: Item, written: Written): void {
  if ("refusal" in written) return;
  setAttributes(user, written.attributes, call.instant);
  claimUnique(call, claimOf(written));
}

function write(collection: string, make: Write): Route["prepare"] {
  return (call): Prepared | null => {
    const user = userOf(call);
    if (user === null) return null;
    const written = (body: unknown): Written => make(attributesOf(user), body);
    return {
      subject: userSubject(user),
      validate: (body) => {
        const would = written(body);
        if ("refusal" in would) return would.refusal;
        return refuseTaken(call, claimOf(would), user.id);
      },
      members: (body) => {
        const would = written(body);
        return "refusal" in would ? [] : membersOf(would.touched);
      },
      current: () => shown(user, collection),
      execute: (body) => {
        carryOut(call, user, written(body));
        return shown(user, collection);
      },
    };
  };
}

function needsOf(make: Write): Route["needs"] {
  return (wanting) => [
    ...needsMember("users")(wanting),
    ...needsUnique(wanting.policy, claimOf(make({}, wanting.body))),
  ];
}

const WRITE = {
  scope: "scim",
  errors: "scim",
  invented: false,
  permission: "directory:user:edit",
} as const;

function routesUnder(collection: string): readonly Route[] {
  const template = `${collection}/{userId}`;
  return [
    {
      ...WRITE,
      method: "GET",
      template,
      permission: null,
      needs: needsMember("users"),
      prepare: read(collection),
    },
    {
      ...WRITE,
      method: "PUT",
      template,
      needs: needsOf(replaceAttributes),
      prepare: write(collection, replaceAttributes),
    },
    {
      ...WRITE,
      method: "PATCH",
      template,
      needs: needsOf(patchAttributes),
      prepare: write(collection, patchAttributes),
    },
  ];
}

/** The same users by SCIM, at the path of today and at the older one. */
export const SCIM_USER_ROUTES: readonly Route[] = [
  ...routesUnder("/api/v2/scim/v2/users"),
  ...routesUnder("/api/v2/scim/users"),
];
