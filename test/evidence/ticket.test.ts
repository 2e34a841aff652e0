import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bundleOf, evidenceOf, journalOf, type Sent, sourceOf, textIn } from "./evidence-of.js";

const API = "https://api.mypurecloud.de";
const CONVERSATION = "8b34dbc2-c05e-44d7-a25d-48efeace8245";

const REFUSED: Sent = {
  ...{ method: "PATCH", url: `${API}/api/v2/conversations/${CONVERSATION}/participants/p1/attributes` },
  ...{ headers: [["Idempotency-Key", "k-1234567"]], body: '{"attributes":{"a":"b"}}', status: 409 },
  answerHeaders: [
    ["Date", "Sat, 21 Nov 2026 22:37:06 GMT"],
    ["ININ-Correlation-Id", "c4aa90d2-77a1-4b6e-b1de-20c5f86ad47e"],
  ],
  answer: '{"code":"general.conflict","status":409}',
};

const ORGANIZATION: Sent = {
  url: `${API}/api/v2/organizations/me`,
  answer: '{"id":"0f0e","name":"Acme Ltd","thirdPartyOrgName":"acme"}',
};

/** Lines of a field, joined. */
function fieldOf(ticket: string, label: string): string {
  return new RegExp(`^  ${label} +(.*(?:\\n {27}.*)*)`, "m").exec(ticket)?.[1]?.replace(/\s+/g, " ") ?? "";
}

describe("TICKET.txt", () => {
  test("has what customer care asks for, as far as the traffic tells it", () => {
    const ticket = textIn(evidenceOf([ORGANIZATION, REFUSED]), "TICKET.txt");
    expect(fieldOf(ticket, "Organization short name")).toBe("acme");
    expect(fieldOf(ticket, "Organization ID")).toBe("0f0e");
    expect(fieldOf(ticket, "Conversation ID")).toBe(CONVERSATION);
    expect(fieldOf(ticket, "Issue")).toBe("CONFLICT 1 of 1 write: A conflict");
    expect(ticket).toContain("2026-11-21T22:37:05.010Z  409  c4aa90d2-77a1-4b6e-b1de-20c5f86ad47e");
    expect(ticket).toContain("server's Date  Sat, 21 Nov 2026 22:37:06 GMT");
  });

  test("calls nothing refused where all was answered", () => {
    const heading = /^CORRELATION IDS.*$/m;
    expect(heading.exec(textIn(evidenceOf([REFUSED]), "TICKET.txt"))?.[0]).toBe(
      "CORRELATION IDS OF WHAT WAS REFUSED",
    );
    expect(heading.exec(textIn(evidenceOf([ORGANIZATION]), "TICKET.txt"))?.[0]).toBe("CORRELATION IDS");
  });

  test("marks what it cannot know, and says how to fill it in", () => {
    const bundle = evidenceOf([{ url: "https://api.example.com/orders", status: 409 }]);
    expect(bundle.made.gaps).toEqual(["orgName", "orgId", "conversationId", "impact", "case"]);
    const ticket = textIn(bundle, "TICKET.txt");
    for (const gap of bundle.made.gaps) expect(ticket).toContain(`[FILL IN] --set ${gap}=...`);
  });

  test("has what --set gives, lines and all, and then no gap", () => {
    const values = { orgName: "acme", orgId: "1", conversationId: "none", impact: "one\ntwo", case: "0042" };
    const bundle = bundleOf(sourceOf(journalOf([REFUSED]), values));
    expect(bundle.made.gaps).toEqual([]);
    const ticket = textIn(bundle, "TICKET.txt");
    expect(ticket).not.toContain("[FILL IN]");
    expect(ticket).toMatch(/^ {2}Business impact +one\n +two$/m);
    expect(fieldOf(ticket, "Case")).toBe("0042");
  });

  test("an organisation is believed only where the platform answered it", () => {
    const refusal = { ...ORGANIZATION, status: 403 };
    const other = { ...ORGANIZATION, url: `${API}/api/v2/organizations/me/limits` };
    expect(evidenceOf([refusal, other]).made.gaps).toContain("orgId");
    const user = {
      url: `${API}/api/v2/users/me?expand=organization`,
      answer: '{"id":"u","organization":{"id":"0f0e","name":"A"}}',
    };
    expect(fieldOf(textIn(evidenceOf([user]), "TICKET.txt"), "Organization ID")).toBe("0f0e");
  });

  test("of the mock says so first", () => {
    const bundle = evidenceOf([REFUSED], { kind: "mock" });
    expect(textIn(bundle, "TICKET.txt")).toMatch(/^SUPPORT TICKET: MOCK obeying forum-lore: A conflict\n/);
    for (const name of ["reproduce.sh", "correlation-ids.txt", "environment.json", "manifest.sha256.json"])
      expect(textIn(bundle, name), name).toContain("MOCK obeying forum-lore: A conflict");
  });

  test("whatever a server or a scenario says: 80 columns of printable text", () => {
    const hostile = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(hostile, hostile, (name, answer) => {
        const sent = { ...REFUSED, url: `https://api.example.com/${encodeURIComponent(answer)}`, answer };
        const ticket = textIn(evidenceOf([sent], { name }), "TICKET.txt");
        expect(ticket).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);
        // Outside of ASCII a character may be two columns wide, never more than a line has characters.
        expect(Math.max(...ticket.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(80);
      }),
      { numRuns: 25 },
    );
  });
});

describe("a journal whose bodies are not those that were recorded", () => {
  test("makes no evidence, and the message names the exchange", () => {
    const file = journalOf([ORGANIZATION, REFUSED]);
    writeFileSync(file, readFileSync(file, "utf8").replace("general.conflict", "general.harmony"));
    expect(() => bundleOf(sourceOf(file))).toThrow(/was edited: the bodies of #2 are not those/);
  });

  test("is recognised by its requests, too", () => {
    const file = journalOf([REFUSED]);
    writeFileSync(file, readFileSync(file, "utf8").replace('{\\"attributes\\":{\\"a\\":\\"b\\"}}', "{}"));
    expect(() => bundleOf(sourceOf(file))).toThrow(/#1/);
  });

  test("is none where only a secret was taken out of them", () => {
    const login = { ...REFUSED, body: '{"password":"hunter2-hunter2"}' };
    expect(evidenceOf([login]).made.files.length).toBeGreaterThan(5);
  });
});

test("correlation-ids.txt has every request with its UTC time, the server's own Date and its ID", () => {
  const text = textIn(evidenceOf([ORGANIZATION, REFUSED]), "correlation-ids.txt");
  expect(text).toMatch(/^#1 +2026-11-21T22:37:05.000Z +- +200 +- +GET https/m);
  expect(text).toMatch(
    /^#2 +2026-11-21T22:37:05.010Z +Sat, 21 Nov 2026 22:37:06 GMT +409 +c4aa90d2-\S+ +PATCH https/m,
  );
});

test("environment.json says versions, region and organisation", () => {
  const source = sourceOf(journalOf([ORGANIZATION, REFUSED]));
  const region = { name: "eu-central-1", domain: "mypurecloud.de" };
  const environment = JSON.parse(textIn(bundleOf({ ...source, region }), "environment.json"));
  expect(environment).toMatchObject({
    run: { tool: "gcidem 0.1.0", node: "v20.20.0" },
    bundle: { os: "Linux 6.1 x64" },
    region,
    organization: { id: "0f0e", shortName: "acme" },
    firstServerDate: "Sat, 21 Nov 2026 22:37:06 GMT",
  });
});
