import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { harText, specEntry } from "../intake/recorders.js";
import { filesBelow, folderWith, gcidem, type Ran, reportOf } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

const NUMBER = "+13175550142";
const PERSON = "Annabel Canary";
const MAIL = "annabel.canary@example.com";

const CALL = "https://api.mypurecloud.ie/api/v2/conversations/calls/7";
const KEY = "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f";

function entry(request: string, answer: object, { status = 200, atMs = 0 } = {}): object {
  return specEntry({
    ...{ method: request === "" ? "GET" : "PATCH", url: CALL, status, body: request },
    at: new Date(Date.UTC(2026, 10, 21, 22, 37, 0, atMs)).toISOString(),
    headers: [
      ["Content-Type", "application/json"],
      ["Idempotency-Key", KEY],
    ],
    answer: JSON.stringify(answer),
  });
}

const PARTICIPANT = {
  id: "p1",
  name: PERSON,
  ani: `tel:${NUMBER}`,
  dnis: "sip:line@example.com",
  state: "connected",
};
const RECORDING = harText([
  entry(`{"phoneNumber":"${NUMBER}"}`, { id: "7", participants: [PARTICIPANT] }),
  entry(
    `{ "phoneNumber": "${NUMBER}" }`,
    { message: `the key is taken; ask ${MAIL}` },
    { status: 409, atMs: 100 },
  ),
]);

/** Everything that a command left: both outputs, and every file below its folder but those that the user wrote. */
function leftBy(ran: Ran, cwd: string, ...except: readonly string[]): string {
  const files = filesBelow(cwd).filter((file) => !except.some((name) => file.endsWith(name)));
  expect(files.length).toBeGreaterThan(1);
  return [ran.stdout, ran.stderr, ...files.map((file) => readFileSync(file, "utf8"))].join("\n");
}

const REPORTERS = ["json", "junit=out.xml", "markdown=out.md", "har=out.har", "terminal=out.txt"].flatMap(
  (name) => ["--reporter", name],
);

describe("callers' data in a recording of the platform", () => {
  test("is in no file and no output, is counted, and the conflict is explained all the same", async () => {
    const cwd = folderWith({ "call.har": RECORDING });
    const ran = await gcidem(["diagnose", "call.har", ...REPORTERS], { cwd });
    const left = leftBy(ran, cwd, "call.har");
    for (const each of [NUMBER, PERSON, MAIL, "sip:line"]) expect(left).not.toContain(each);
    const run = reportOf(ran);
    expect(run.redacted).toEqual({ secrets: 0, personal: 5 });
    const [first, second] = run.exchanges;
    expect(first?.request.body).toBe('{"phoneNumber":"<personal:1>"}');
    expect(second?.request.body).toBe('{ "phoneNumber": "<personal:1>" }');
    expect(first?.response?.body).toContain('"id":"p1","name":"<personal:2>"');
    expect(first?.response?.body).toContain('"state":"connected"');
    expect(first?.request.bodySha256).toMatch(/^hmac-sha256:/);
    expect(run.diagnoses.map(({ cause }) => cause)).toContain("key-reused-bytes-changed");
    expect(readFileSync(`${cwd}/out.txt`, "utf8")).toContain("hidden: 5 values of callers' data");
    expect(readFileSync(`${cwd}/out.md`, "utf8")).toContain("5 values of callers' data redacted");
  });

  test("stays where --keep says: a name, or a place in bodies", async () => {
    const cwd = folderWith({ "call.har": RECORDING });
    const keep = ["--keep", "phoneNumber", "--keep", "/participants/*/name"];
    const ran = await gcidem(["diagnose", "call.har", "--reporter", "json", ...keep], { cwd });
    const [first] = reportOf(ran).exchanges;
    expect(first?.request.body).toBe(`{"phoneNumber":"${NUMBER}"}`);
    expect(first?.request.bodySha256).not.toMatch(/^hmac/);
    expect(first?.response?.body).toContain(`"name":"${PERSON}","ani":"<personal:`);
  });

  test.each([
    ["token", "secrets are hidden whatever is asked for"],
    ["/a/client_secret", "secrets are hidden whatever is asked for"],
    ["state", "such as name, email, phoneNumber"],
    ["/*", "would keep everything"],
  ])("--keep %s is refused", async (keep, words) => {
    const cwd = folderWith({ "call.har": RECORDING });
    const ran = await gcidem(["diagnose", "call.har", "--keep", keep], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(words);
  });
});

const SCENARIO = `vars:
  caller: "${NUMBER}"
steps:
  - id: write
    request: PATCH /api/v2/conversations/calls/7?email=${MAIL}
    json: { name: ${PERSON}, address: $(caller), state: connected }
    capture: { name: $.name }
    expect: { status: 200, json: { $.name: ${PERSON}, $.address: $(caller), $.state: connected } }
  - id: read
    request: GET /api/v2/conversations/calls/7
    expect: { json: { $.name: $(write.name), $.state: connected } }
`;

/** Says back the last body that it was sent. */
function remembering() {
  let last = "{}";
  return httpServer((request, response) => {
    if (request.method === "PATCH") last = request.body;
    response.writeHead(200, { "content-type": "application/json", "x-caller": NUMBER }).end(last);
  });
}

describe("callers' data in a run", () => {
  test("is sent as it is and saved hidden, the scenario's own words too; what it expects holds, then and later", async () => {
    const { url, seen } = await remembering();
    const cwd = folderWith({ "it.yaml": SCENARIO });
    const ran = await gcidem(["replay", "it.yaml", "--target", url, ...REPORTERS], { cwd });
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ name: PERSON, address: NUMBER, state: "connected" });
    expect(reportOf(ran).expectations.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true]);
    expect(ran.code).toBe(0);
    const left = leftBy(ran, cwd, "it.yaml");
    for (const each of [NUMBER, PERSON, MAIL]) expect(left).not.toContain(each);
    const again = await gcidem(["report", "last", "--format", "json"], { cwd });
    expect(reportOf(again).expectations.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true]);
    expect(reportOf(again).redacted.personal).toBe(reportOf(ran).redacted.personal);
  });

  test("that is another than expected is a failure; a pattern cannot be decided", async () => {
    const { url } = await remembering();
    const scenario = SCENARIO.replace(`$.name: ${PERSON}`, "$.name: Ben").replace("$(write.name)", "/^Anna/");
    const cwd = folderWith({ "it.yaml": scenario });
    const ran = await gcidem(["replay", "it.yaml", "--target", url, "--reporter", "json"], { cwd });
    const names = reportOf(ran).expectations.filter(({ what }) => what === "json $.name");
    expect(names.map(({ ok }) => ok)).toEqual([false, null]);
    const kept = await gcidem(
      ["replay", "it.yaml", "--target", url, "--reporter", "json", "--keep", "name"],
      { cwd },
    );
    const shown = reportOf(kept).expectations.filter(({ what }) => what === "json $.name");
    expect(shown.map(({ ok }) => ok)).toEqual([false, true]);
  });

  test("is nobody's on another API and on the mock", async () => {
    const { url } = await remembering();
    const cwd = folderWith({
      "it.yaml": SCENARIO.replaceAll("/api/v2/conversations/calls/7", "/v1/orders/7"),
    });
    const ran = await gcidem(["replay", "it.yaml", "--target", url, "--reporter", "json"], { cwd });
    expect(reportOf(ran).redacted.personal).toBe(0);
    expect(ran.stdout).toContain(PERSON);
    const mock = folderWith({ "it.yaml": SCENARIO });
    const onMock = await gcidem(["replay", "it.yaml", "--reporter", "json"], { cwd: mock });
    expect(reportOf(onMock).redacted.personal).toBe(0);
  });
});
