import { refuseUnlessObject } from "../json-shape.js";
import type { Call, Need, Prepared, Route, Subject, Wanting } from "../operation.js";
import { addItem, type Fields, type Item } from "../org.js";
import { messageOf, type Refusal } from "../refusal.js";
import { bury, makeItem, tombstoneOf } from "../tombstones.js";
import { asWriter, bump } from "../versioned.js";
import { UPDATE_DRAFT } from "./action-inputs.js";
import {
  ACTION_PATH,
  ACTION_SCOPED,
  type ActionKind,
  actionOf,
  actionView,
  changeOne,
  createOne,
  readOne,
  testRun,
} from "./actions.js";
import { itemSubject, needsDeletable, needsNothing, seenItem, withTombstone } from "./items.js";

const PATH = `${ACTION_PATH}/draft`;

/** The vendor's `Action`, of what is not published yet. It has a version of its own. */
function view(draft: Item): Fields {
  return { ...actionView(draft), selfUri: `/api/v2/integrations/actions/${draft.id}/draft` };
}

function draftOf({ org, params }: Call): Item | null {
  return org.drafts.get(params[0] ?? "") ?? null;
}

function seenDraft(call: Call): Item | null {
  const held = draftOf(call) ?? tombstoneOf(call, "drafts", call.params[0] ?? "");
  return seenItem(held, call);
}

const DRAFT: ActionKind = { noun: "draft", find: draftOf, seen: seenDraft, view, update: UPDATE_DRAFT };

function subjectOf(draft: Item): Subject {
  return itemSubject(draft, "draft", view);
}

/** The vendor documents no answer to a second draft; one that were thrown away silently would lose work. */
function refuseSecond(draft: Item): Refusal {
  return {
    status: 409,
    code: "general.conflict",
    message: messageOf("general.conflict", ""),
    cause: "duplicate-entity",
    reason: `the action ${draft.id} has a draft`,
  };
}

/** A draft begins as the action is, with a version of its own that begins at 1 and goes on where the last draft ended. */
function begin(call: Call): Prepared | null {
  const action = actionOf(call);
  const existing = draftOf(call);
  if (action === null && existing === null) return null;
  return {
    subject: null,
    validate: () => (existing === null ? null : refuseSecond(existing)),
    current: () =>
      existing === null ? null : { representation: view(existing), subject: subjectOf(existing) },
    execute: () => {
      const fields = { ...action?.fields, id: call.params[0] ?? "" };
      const draft = makeItem(call, "drafts", fields);
      return { representation: view(draft), subject: subjectOf(draft) };
    },
  };
}

/** The published action as it was is what late readers still see (C8); its version moves by this one write. */
function replaceAction(call: Call, action: Item, draft: Item): void {
  const { instant, policy, asker } = call;
  const { readLagMs } = policy.concurrency;
  if (readLagMs > 0) itemSubject(action, "action", actionView).remember(instant.nowMs + readLagMs);
  action.fields = draft.fields;
  bump(action.versioned, {
    writer: asWriter(asker),
    epochMs: instant.epochMs,
    members: UPDATE_DRAFT.members,
  });
}

function publishedAs(call: Call, draft: Item): Item {
  const { org, instant } = call;
  bury(call, "drafts", draft);
  const action = org.actions.get(draft.id);
  if (action === undefined)
    return addItem(org, "actions", { fields: { ...draft.fields, id: draft.id }, instant });
  replaceAction(call, action, draft);
  return action;
}

/** The action becomes what the draft is, and the draft is no more. */
function publish(call: Call): Prepared | null {
  const draft = draftOf(call);
  if (draft === null) return null;
  return {
    subject: {
      ...subjectOf(draft),
      // The vendor's Terraform provider, issue 1961.
      staleMessage: (sent, current) =>
        `Supplied version ${sent} does not match latest draft version ${current}`,
    },
    validate: refuseUnlessObject,
    execute: () => {
      const action = publishedAs(call, draft);
      return {
        representation: actionView(action),
        subject: itemSubject(action, "action", actionView),
        gone: true,
      };
    },
  };
}

function discard(call: Call): Prepared | null {
  const draft = draftOf(call);
  if (draft === null) return null;
  return {
    subject: subjectOf(draft),
    execute: () => {
      bury(call, "drafts", draft);
      return { representation: view(draft), gone: true };
    },
  };
}

function test(call: Call): Prepared | null {
  const draft = draftOf(call);
  if (draft === null) return null;
  return {
    subject: null,
    validate: refuseUnlessObject,
    execute: () => ({ representation: testRun(call, `drafts/${draft.id}`) }),
  };
}

function needsBoth({ params }: Wanting): readonly Need[] {
  const id = params[0] ?? "";
  return [{ table: "actions", id }, ...withTombstone("drafts", id)];
}

function needsRun({ params }: Wanting): readonly Need[] {
  const id = params[0] ?? "";
  return [
    { table: "drafts", id },
    { table: "executionCounts", id: `drafts/${id}` },
  ];
}

const ON_DRAFT = { ...ACTION_SCOPED, template: PATH, needs: needsDeletable("drafts") } as const;

/** Drafts of actions: changed under a version of their own, then published. */
export const DRAFT_ROUTES: readonly Route[] = [
  {
    ...ACTION_SCOPED,
    method: "POST",
    template: "/api/v2/integrations/actions/drafts",
    permission: "integrations:action:add",
    needs: needsNothing,
    prepare: createOne("drafts", DRAFT),
  },
  { ...ON_DRAFT, method: "GET", permission: "integrations:action:view", prepare: readOne(DRAFT) },
  { ...ON_DRAFT, method: "PATCH", permission: "integrations:action:edit", prepare: changeOne(DRAFT) },
  { ...ON_DRAFT, method: "DELETE", permission: "integrations:action:delete", prepare: discard },
  {
    ...ON_DRAFT,
    method: "POST",
    permission: "integrations:action:edit",
    needs: needsBoth,
    prepare: begin,
  },
  {
    ...ACTION_SCOPED,
    method: "POST",
    template: `${PATH}/publish`,
    permission: "integrations:action:edit",
    needs: needsBoth,
    prepare: publish,
  },
  {
    ...ACTION_SCOPED,
    method: "POST",
    template: `${PATH}/test`,
    permission: "integrations:action:execute",
    needs: needsRun,
    prepare: test,
  },
];
