import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PrivateRedis, startRedis } from "../redis/private-redis.js";
import {
  client,
  type Extended,
  invoke,
  rejectionOf,
  startVendorMock,
  type VendorMock,
} from "./vendor-client.js";
import { ABSENT, callAll, type Ids, prepareRow, type Row } from "./vendor-row.js";
import { ROWS } from "./vendor-rows.js";

let redis: PrivateRedis;
let vendor: VendorMock;

beforeAll(async () => {
  redis = await startRedis();
  vendor = await startVendorMock(redis.url);
});

afterAll(async () => {
  await vendor.mock.close();
  await redis.kill();
});

async function refusedStatus(row: Row, ids: Ids, body: unknown): Promise<number> {
  return ((await rejectionOf(row.call(ids, body))) as Extended).status;
}

/** A server whose state lies in Redis fetches what an operation says that it needs: looking further would be a 500. */
describe.each(ROWS.map((row) => [row.route, row] as const))("with the state in Redis, %s", (_route, row) => {
  test("does what it does in memory, and refuses what it refuses there", async () => {
    const ids = await prepareRow(row, vendor);
    client.setReturnExtendedResponses(true);
    for (const [body] of row.bad ?? []) expect(await refusedStatus(row, ids, body)).toBe(400);
    if (row.findsAlways !== true) expect(await refusedStatus(row, ABSENT, row.body)).toBe(404);
    const { status } = (await invoke(row.call(ids, row.body))) as Extended;
    expect(status).toBe(row.status);
    expect(vendor.last()).toMatchObject({ status, cause: null });
  });

  const conflicts = (row.conflicts ?? []).map((each) => [each.what, each] as const);
  test.each(conflicts)("is refused because of %s", async (_what, conflict) => {
    const ids = await prepareRow(row, vendor);
    await callAll(conflict.before?.(ids) ?? []);
    client.setReturnExtendedResponses(true);
    const error = await rejectionOf((conflict.call ?? row.call)(ids, conflict.body ?? row.body));
    expect((error as Extended).status).toBe(conflict.status);
    expect(vendor.last()?.cause).toBe(conflict.cause);
  });
});
