import { CONVERSATION, PARTICIPANT, USER } from "./an-org.js";
import { type Call, client, invoke, type VendorMock } from "./vendor-client.js";

/** The things that a row is about. */
export interface Ids {
  readonly conversation: string;
  readonly participant: string;
  readonly user: string;
  readonly action: string;
  /** Of what the row's preparation made. */
  readonly made: string;
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
  /** A body with a version that is not the current one, and the status that the vendor documents for it. */
  readonly stale?: { readonly body: unknown; readonly status: number };
  /** True where the path names nothing that could be missing. */
  readonly findsAlways?: boolean;
}

export const IDS: Ids = {
  conversation: CONVERSATION,
  participant: PARTICIPANT,
  user: USER,
  action: "a1",
  made: "",
};

const NOWHERE = "ffffffff-ffff-4fff-8fff-ffffffffffff";

/** Ids of nothing. */
export const ABSENT: Ids = {
  conversation: NOWHERE,
  participant: NOWHERE,
  user: NOWHERE,
  action: NOWHERE,
  made: NOWHERE,
};

/** Begins anew, makes what a row needs, and gives the ids with what was made. The SDK then answers in plain form. */
export async function prepareRow(row: Row, vendor: VendorMock): Promise<Ids> {
  await vendor.begin();
  client.setReturnExtendedResponses(false);
  let made = "";
  for (const call of row.before?.(IDS) ?? []) {
    made = String(((await invoke(call)) as { readonly id: unknown }).id);
  }
  return { ...IDS, made };
}
