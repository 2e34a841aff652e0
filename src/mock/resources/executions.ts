import { isObject, refuseInvalid, refuseUnlessObject } from "../json-shape.js";
import type { Call, Prepared, Route } from "../operation.js";
import { fieldsOf } from "../org.js";
import { actionOf, needsRun } from "./actions.js";
import { matching, needsAll } from "./items.js";
import { noteExecution } from "./note-execution.js";

/** The vendor answers with the action's own output; this one's has an id that the server made and the count of runs. */
function execute(call: Call): Prepared | null {
  const action = actionOf(call);
  if (action === null) return null;
  return {
    subject: null,
    validate: refuseUnlessObject,
    execute: () => {
      const id = call.org.random.uuid();
      const executions = noteExecution(call, { operation: `actions/${action.id}`, id });
      return { representation: { id, actionId: action.id, executions } };
    },
  };
}

/** A tutorial's path and shapes: `{ input }` in, `{ id, status, output, requestId }` out. */
function invoke(call: Call): Prepared | null {
  const action = actionOf(call);
  if (action === null) return null;
  return {
    subject: null,
    validate: refuseUnlessObject,
    execute: (body) => {
      const id = call.org.random.uuid();
      noteExecution(call, { operation: `actions/${action.id}`, id });
      const output = isObject(body) && isObject(body.input) ? body.input : body;
      return { representation: { id, status: "completed", output, requestId: call.org.random.uuid() } };
    },
  };
}

/** A wiki page's payment: `amount` is a number, the answer's id starts with `ch_`. */
function charge(call: Call): Prepared {
  return {
    subject: null,
    validate: (body) => {
      if (!isObject(body)) return refuseUnlessObject(body);
      const fits = typeof body.amount === "number";
      return refuseInvalid(fits ? [] : [{ errorCode: "invalid.value", fieldName: "amount" }]);
    },
    execute: (body) => {
      const id = `ch_${call.org.random.uuid().replaceAll("-", "")}`;
      noteExecution(call, { operation: "charges", id });
      return { representation: { ...fieldsOf(isObject(body) ? body : {}), id } };
    },
  };
}

function list(call: Call): Prepared {
  const all = [...call.org.executions.values()].map(({ id, operation, key, count }) => ({
    id,
    operation,
    key,
    count,
  }));
  const entities = matching(all, call.query);
  return { subject: null, execute: () => ({ representation: { entities, total: entities.length } }) };
}

/** What runs and cannot be undone, each run with an id that the server made, and the list of all runs. */
export const EXECUTION_ROUTES: readonly Route[] = [
  {
    method: "POST",
    template: "/api/v2/integrations/actions/{actionId}/execute",
    scope: "integrations",
    permission: "integrations:action:execute",
    invented: false,
    needs: needsRun,
    prepare: execute,
  },
  {
    method: "POST",
    template: "/api/v2/dataactions/actions/{actionId}/invoke",
    scope: "integrations",
    permission: "dataactions:invoke",
    invented: true,
    needs: needsRun,
    prepare: invoke,
  },
  {
    method: "POST",
    template: "/api/charges",
    scope: null,
    permission: null,
    invented: true,
    needs: () => [{ table: "executionCounts", id: "charges" }],
    prepare: charge,
  },
  {
    method: "GET",
    template: "/api/v2/mock/executions",
    scope: null,
    permission: null,
    invented: false,
    needs: needsAll("executions"),
    prepare: list,
  },
];
