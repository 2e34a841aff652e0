import type { Cause } from "../../src/core/causes.js";
import { CONVERSATION, PARTICIPANT, USER } from "./an-org.js";
import { type Call, client, GROUP, invoke, type VendorMock } from "./vendor-client.js";

/** The things that a row is about. */
export interface Ids {
  readonly conversation: string;
  readonly participant: string;
  readonly user: string;
  readonly group: string;
  readonly action: string;
  /** Of what the row's preparation made. */
  readonly made: string;
}

/** A refusal that comes of the state, not of the request alone. */
export interface Conflict {
  readonly what: string;
  /** Calls that bring the state about. */
  readonly before?: (ids: Ids) => readonly Call[];
  /** Absent: the row's own. */
  readonly call?: (ids: Ids, body: unknown) => Call;
  readonly body?: unknown;
  readonly status: number;
  readonly cause: Cause;
}

/** A body with a version that is not the current one. */
export function outdated(body: unknown, status: number): Conflict {
  return { what: "an outdated version", body, status, cause: "stale-version" };
}

/** How the SDK calls one operation, and how it can go wrong. */
export interface Row {
  /** As in the mock's table of routes. */
  readonly route: string;
  /** What has to be made before, the thing itself last. */
  readonly before?: (ids: Ids) => readonly Call[];
  readonly call: (ids: Ids, body: unknown) => Call;
  readonly status: number;
  /** A body that succeeds; absent: the operation has none. */
  readonly body?: unknown;
  /** Bodies that the vendor's types forbid, with the member that is wrong; null: the body as a whole. */
  readonly bad?: readonly (readonly [body: unknown, fieldName: string | null])[];
  /** What the state that it meets can stand against. */
  readonly conflicts?: readonly Conflict[];
  /** True where refusals are of SCIM's own form, which has no correlation ID. */
  readonly isScim?: boolean;
  /** True where the path names nothing that could be missing. */
  readonly findsAlways?: boolean;
}

const IDS: Ids = {
  conversation: CONVERSATION,
  participant: PARTICIPANT,
  user: USER,
  group: GROUP,
  action: "a1",
  made: "",
};

const NOWHERE = "ffffffff-ffff-4fff-8fff-ffffffffffff";

/** Ids of nothing. */
export const ABSENT: Ids = {
  conversation: NOWHERE,
  participant: NOWHERE,
  user: NOWHERE,
  group: NOWHERE,
  action: NOWHERE,
  made: NOWHERE,
};

/** Calls what must be there before. Gives the id in the last answer. */
export async function callAll(calls: readonly Call[]): Promise<string> {
  let made = "";
  for (const call of calls) made = String(((await invoke(call)) as { readonly id: unknown } | undefined)?.id);
  return made;
}

/** Begins anew, makes what a row needs, and gives the ids with what was made. The SDK then answers in plain form. */
export async function prepareRow(row: Row, vendor: VendorMock): Promise<Ids> {
  await vendor.begin();
  client.setReturnExtendedResponses(false);
  const made = await callAll(row.before?.(IDS) ?? []);
  return { ...IDS, made };
}
