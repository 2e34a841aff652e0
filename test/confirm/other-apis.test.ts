import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { confirmed, confirmingSteps, refusalsOf } from "./confirmed.js";

/** A Kubernetes object and an Elasticsearch document, each compared in its own way. */
const world = { pod: 100, version: 3, seqNo: 5 };

let server: Server;
let at: URL;

function answerTo(method: string, { pathname, searchParams }: URL, body: string): [number, object] {
  if (pathname === "/pods/p1") {
    if (method === "PUT") {
      const { metadata } = JSON.parse(body) as { metadata: { resourceVersion: string } };
      if (metadata.resourceVersion !== String(world.pod)) return [409, { error: "no" }];
      world.pod += 1;
    }
    return [200, { metadata: { name: "p1", resourceVersion: String(world.pod) }, spec: {} }];
  }
  const [seqNo, term] = [searchParams.get("if_seq_no"), searchParams.get("if_primary_term")];
  if (method === "PUT") {
    if (seqNo !== String(world.seqNo) || term !== "1") return [409, { error: "no" }];
    world.seqNo += 1;
    world.version += 1;
  }
  return [200, { _id: "1", _version: world.version, _seq_no: world.seqNo, _primary_term: 1 }];
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part.toString();
    });
    request.on("end", () => {
      const [status, answer] = answerTo(request.method ?? "", new URL(request.url ?? "", at), body);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  at = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  Object.assign(world, { pod: 100, version: 3, seqNo: 5 });
});

async function told(text: string): Promise<readonly string[]> {
  const ran = await confirmed(text, { target: { kind: "http", baseUrl: at.origin } });
  return [...refusalsOf(ran), ...confirmingSteps(ran)];
}

describe("--confirm sends the version that it read where the API has it", () => {
  test("in a member of a member, as Kubernetes does", async () => {
    const all = await told(`
steps:
  - { id: late, request: PUT /pods/p1, json: { metadata: { name: p1, resourceVersion: "77" }, spec: {} } }
`);
    expect(all.filter((each) => each.endsWith("again 200"))).toHaveLength(1);
    expect(all[0]).toBe("late stale-version certain");
  });

  test("in parameters of the query, as Elasticsearch does", async () => {
    const all = await told(`
steps:
  - { id: late, request: "PUT /idx/_doc/1?if_seq_no=2&if_primary_term=1", json: { a: 1 } }
`);
    expect(all.filter((each) => each.endsWith("again 200"))).toHaveLength(1);
    expect(all[0]).toBe("late stale-version certain");
  });
});
