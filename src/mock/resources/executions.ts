import { isObject, refuseInvalid, refuseUnlessObject } from "../json-shape.js";
import type { Call, Need, Prepared, Route, Wanting } from "../operation.js";
import { type Execution, type Fields, fieldsOf, findItem } from "../org.js";
import { matching, needsAll } from "./items.js";

/** How many executions are remembered. */
const REMEMBERED_EXECUTIONS = 100_000;

/** What ran, for the list and the count: `make` gets the count and makes the answer, whose `id` is the execution's. */
interface Run {
  readonly operation: string;
  readonly make: (count: number) => Fields;
}

function record(call: Call, run: Run): Fields {
  const { executions, executionCounts } = call.org;
  const count = (executionCounts.get(run.operation) ?? 0) + 1;
  executionCounts.set(run.operation, count);
  const answer = fieldsOf(run.make(count));
  const id = String(answer.id);
  const execution: Execution = { id, operation: run.operation, key: call.key, count };
  executions.set(id, execution);
  if (executions.size > REMEMBERED_EXECUTIONS) {
    const [oldest] = executions.keys();
    if (oldest !== undefined) executions.delete(oldest);
  }
  return answer;
}

function needsAction({ params }: Wanting): readonly Need[] {
  const actionId = params[0] ?? "";
  return [
    { table: "actions", id: actionId },
    { table: "executionCounts", id: `actions/${actionId}` },
  ];
}

/** The vendor answers with the action's own output; this one's has an id that the server made and the count of runs. */
function execute(call: Call): Prepared | null {
  const actionId = call.params[0] ?? "";
  if (findItem(call.org, "actions", { id: actionId, instant: call.instant }) === null) return null;
  const operation = `actions/${actionId}`;
  return {
    subject: null,
    validate: refuseUnlessObject,
    execute: () => ({
      representation: record(call, {
        operation,
        make: (count) => ({ id: call.org.random.uuid(), actionId, executions: count }),
      }),
    }),
  };
}

/** A tutorial's path and shapes: `{ input }` in, `{ id, status, output, requestId }` out. */
function invoke(call: Call): Prepared | null {
  const actionId = call.params[0] ?? "";
  if (findItem(call.org, "actions", { id: actionId, instant: call.instant }) === null) return null;
  return {
    subject: null,
    validate: refuseUnlessObject,
    execute: (body) => ({
      representation: record(call, {
        operation: `actions/${actionId}`,
        make: () => ({
          id: call.org.random.uuid(),
          status: "completed",
          output: isObject(body) && isObject(body.input) ? body.input : body,
          requestId: call.org.random.uuid(),
        }),
      }),
    }),
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
      const sent = fieldsOf(isObject(body) ? body : {});
      return { representation: record(call, { operation: "charges", make: () => ({ ...sent, id }) }) };
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
    needs: needsAction,
    prepare: execute,
  },
  {
    method: "POST",
    template: "/api/v2/dataactions/actions/{actionId}/invoke",
    scope: "integrations",
    permission: "dataactions:invoke",
    invented: true,
    needs: needsAction,
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
