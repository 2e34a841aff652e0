import { refuseUnlessObject } from "../json-shape.js";
import type { Call, Need, Prepared, Route, Wanting } from "../operation.js";
import { addItem, type Fields, fieldsOf, findItem, type Item } from "../org.js";
import {
  type ActionInput,
  checkInput,
  fieldsIn,
  membersOf,
  POST_ACTION,
  UPDATE_ACTION,
} from "./action-inputs.js";
import { itemSubject, needsNothing, seenItem } from "./items.js";
import { noteExecution } from "./note-execution.js";

const COLLECTION = "/api/v2/integrations/actions";

/** The path of one action. */
export const ACTION_PATH: string = `${COLLECTION}/{actionId}`;

/** What operations on actions and drafts have in common. */
export const ACTION_SCOPED = { scope: "integrations", invented: false } as const;

/** The vendor's `Action`; the version is added where the policy has one. */
export function actionView(action: Item): Fields {
  return { id: action.id, ...action.fields, selfUri: `${COLLECTION}/${action.id}` };
}

/** The action that a path names, unless it is a draft that was never published. Null: there is none. */
export function actionOf({ org, params, instant }: Call): Item | null {
  const id = params[0] ?? "";
  const found = org.actions.get(id);
  if (found !== undefined) return found;
  return org.drafts.has(id) ? null : findItem(org, "actions", { id, instant });
}

/** The documents that tell whether there is such an action. Pure. */
function needsAction({ params }: Wanting): readonly Need[] {
  const id = params[0] ?? "";
  return [
    { table: "actions", id },
    { table: "drafts", id },
  ];
}

/** The same, and how often the action ran. Pure. */
export function needsRun(wanting: Wanting): readonly Need[] {
  const count: Need = { table: "executionCounts", id: `actions/${wanting.params[0] ?? ""}` };
  return [...needsAction(wanting), count];
}

/** What may be read and changed by the same rules: an action, or its draft. */
export interface ActionKind {
  readonly noun: string;
  readonly find: (call: Call) => Item | null;
  /** The one that a path names, as a reader sees it now. */
  readonly seen: (call: Call) => Item | null;
  readonly view: (item: Item) => Fields;
  readonly update: ActionInput;
}

const ACTION: ActionKind = {
  noun: "action",
  find: actionOf,
  seen: (call) => seenItem(actionOf(call), call),
  view: actionView,
  update: UPDATE_ACTION,
};

/** The vendor shows a contract and a configuration to those who ask for them (SDK, getIntegrationsAction). */
function asAsked(view: Fields, query: URLSearchParams): Fields {
  const { contract, config, ...rest } = view;
  return {
    ...rest,
    ...(query.getAll("expand").includes("contract") ? { contract } : {}),
    ...(query.get("includeConfig") === "true" ? { config } : {}),
  };
}

/** Reads one of a kind. */
export function readOne({ noun, seen: find, view }: ActionKind): Route["prepare"] {
  return (call): Prepared | null => {
    const seen = find(call);
    if (seen === null) return null;
    return {
      subject: itemSubject(seen, noun, view),
      execute: () => ({ representation: asAsked(view(seen), call.query) }),
    };
  };
}

function update(call: Call, item: Item, of: { readonly body: unknown; readonly input: ActionInput }): void {
  const kept = fieldsOf(item.fields);
  if (call.policy.concurrency.patchMerges === "replace")
    for (const name of of.input.members) delete kept[name];
  item.fields = fieldsOf({ ...kept, ...fieldsIn(of.body, of.input) });
}

/** Changes one of a kind. The version is the policy's to look at. */
export function changeOne({ noun, find, view, update: input }: ActionKind): Route["prepare"] {
  return (call): Prepared | null => {
    const item = find(call);
    if (item === null) return null;
    return {
      subject: itemSubject(item, noun, view),
      validate: (body) => checkInput(body, input),
      members: (body) => (call.policy.concurrency.patchMerges === "per-key" ? membersOf(body, input) : null),
      current: () => ({ representation: view(item) }),
      execute: (body) => {
        update(call, item, { body, input });
        return { representation: view(item) };
      },
    };
  };
}

/** Makes an action or a draft with an id as the platform gives to those that customers make. */
export function createOne(table: "actions" | "drafts", { noun, view }: ActionKind): Route["prepare"] {
  return (call): Prepared => ({
    subject: null,
    validate: (body) => checkInput(body, POST_ACTION),
    execute: (body) => {
      const id = `custom_-_${call.org.random.uuid()}`;
      const fields = { secure: false, ...fieldsIn(body, POST_ACTION), id };
      const made = addItem(call.org, table, { fields, instant: call.instant });
      return { representation: view(made), subject: itemSubject(made, noun, view) };
    },
  });
}

/** The vendor's `TestExecutionResult`, of one step: a test runs what it tests, and so it counts. */
export function testRun(call: Call, operation: string): Fields {
  const id = call.org.random.uuid();
  const executions = noteExecution(call, { operation, id });
  const result = { id, actionId: call.params[0] ?? "", executions };
  const operations = [{ step: 1, name: "Execute", success: true, result }];
  return { operations, finalResult: result, success: true };
}

function test(call: Call): Prepared | null {
  const action = actionOf(call);
  if (action === null) return null;
  return {
    subject: null,
    validate: refuseUnlessObject,
    execute: () => ({ representation: testRun(call, `actions/${action.id}`) }),
  };
}

/** Integration actions: a version in the body, and a test that runs them. */
export const ACTION_ROUTES: readonly Route[] = [
  {
    ...ACTION_SCOPED,
    method: "POST",
    template: COLLECTION,
    permission: "integrations:action:add",
    needs: needsNothing,
    prepare: createOne("actions", ACTION),
  },
  {
    ...ACTION_SCOPED,
    method: "GET",
    template: ACTION_PATH,
    permission: "integrations:action:view",
    needs: needsAction,
    prepare: readOne(ACTION),
  },
  {
    ...ACTION_SCOPED,
    method: "PATCH",
    template: ACTION_PATH,
    permission: "integrations:action:edit",
    needs: needsAction,
    prepare: changeOne(ACTION),
  },
  {
    ...ACTION_SCOPED,
    method: "POST",
    template: `${ACTION_PATH}/test`,
    permission: "integrations:action:execute",
    needs: needsRun,
    prepare: test,
  },
];
