import { describe, expect, test } from "vitest";
import { graphqlIn } from "../../src/subject/graphql.js";
import { isReadByPost } from "../../src/subject/reads-by-post.js";
import { resourceOf, thingOf } from "../../src/subject/subject-of.js";

const FLOW = "932d838d-e8b6-453d-9817-d0235502bfbd";

describe("several paths of one thing have one name", () => {
  test.each([
    ["/api/v2/integrations/actions/a1/draft", "actionDraft:a1"],
    ["/api/v2/integrations/actions/a1/draft/publish", "actionDraft:a1"],
    ["/api/v2/integrations/actions/a1", "action:a1"],
    ["/api/v2/users/u1/station", "userStation:u1"],
    ["/api/v2/users/u1/station/associatedstation/s1", "userStation:u1"],
    [`/api/v2/flows/${FLOW}`, `flow:${FLOW}`],
    [`/api/v2/flows/actions/checkin?flow=${FLOW}`, `flow:${FLOW}`],
    ["/api/v2/flows/actions/checkin", "/api/v2/flows/actions/checkin"],
    ["/api/v2/flows/datatables", "/api/v2/flows/datatables"],
  ])("on the platform: %s is %s", (url, resource) => {
    expect(resourceOf(url)).toBe(resource);
  });

  test.each([
    [
      "/apis/apps/v1/namespaces/default/deployments/web/scale",
      "/apis/apps/v1/namespaces/default/deployments/web",
    ],
    ["/api/v1/nodes/n1/status", "/api/v1/nodes/n1"],
    ["/api/v1/namespaces/default/pods/p1/log", "/api/v1/namespaces/default/pods/p1/log"],
    ["/idx/_update/7?if_seq_no=1", "/idx/_doc/7"],
    ["/v1/projects/p:setIamPolicy", "iamPolicy:/v1/projects/p"],
    ["/v1/projects/p:getIamPolicy", "iamPolicy:/v1/projects/p"],
  ])("elsewhere: %s is %s", (url, resource) => {
    expect(resourceOf(`https://api.example.com${url}`)).toBe(resource);
  });
});

function post(body: unknown, path = "/graphql", headers: readonly (readonly [string, string])[] = []) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const url = `https://api.example.com${path}`;
  return { method: "POST", url, headers, body: text, bodyEncoding: "utf8" } as const;
}

describe("a POST that only asks is a read", () => {
  test.each([
    ["/api/v2/users/search", [], "{}"],
    ["/v1/projects/p:getIamPolicy", [], "{}"],
    ["/orders/_search", [], "{}"],
    ["/", [["X-Amz-Target", "DynamoDB_20120810.GetItem"]], "{}"],
    ["/graphql", [], '{"query":"{ product(id: 1) { id } }"}'],
    ["/graphql", [], '{"query":"query P { product { id } } mutation U { drop }","operationName":"P"}'],
  ] as const)("%s %j %s", (path, headers, body) => {
    expect(isReadByPost(post(body, path, headers), path)).toBe(true);
  });

  test.each([
    ["/api/v2/users", [], "{}"],
    ["/v1/projects/p:setIamPolicy", [], "{}"],
    ["/v1/jobs/j:testify", [], "{}"],
    ["/", [["X-Amz-Target", "DynamoDB_20120810.UpdateItem"]], "{}"],
    ["/graphql", [], '{"query":"fragment F on P { id } mutation U { drop { ...F } }"}'],
    ["/graphql", [], '{"query":"query P { product { id } } mutation U { drop }","operationName":"U"}'],
    ["/v1/reports", [], '{"query":"select 1"}'],
    ["/graphql", [], '{"operationName":"U","extensions":{"persistedQuery":{"query":1}}}'],
  ] as const)("and %s %j %s is none", (path, headers, body) => {
    expect(isReadByPost(post(body, path, headers), path)).toBe(false);
  });
});

describe("a GraphQL request", () => {
  const mutation = "mutation U($id: ID!, $k: String!) { update(id: $id) @idempotent(key: $k) { id } }";

  test("is about the thing whose id its variables or its document name", () => {
    expect(thingOf(post({ query: mutation, variables: { id: "p1" } }))).toBe("/graphql p1");
    expect(thingOf(post({ query: mutation, variables: { input: { id: 7 } } }))).toBe("/graphql 7");
    expect(thingOf(post({ query: 'mutation { drop(id: "p2") { id } }' }))).toBe("/graphql p2");
    expect(thingOf(post({ query: 'mutation { a: drop(id: "1") { id } b: drop(id: "2") { id } }' }))).toBe(
      "/graphql",
    );
  });

  test.each([
    [{ query: mutation, variables: { k: "k-1" } }, "k-1"],
    [{ query: 'mutation { pay @idempotent(key: "k-2") { id } }' }, "k-2"],
    [{ query: "mutation { pay }", variables: { input: { idempotencyKey: "k-3" } } }, "k-3"],
    [{ query: "mutation { pay }", variables: { key: "no" } }, null],
  ])("has its key in its variables or in a directive: %j", (body, key) => {
    expect(graphqlIn(post(body))?.key).toBe(key);
  });
});
