import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PageExchange, PageRow, PageRun } from "../../../src/report/html/page-data.js";
import { renderHtml } from "../../../src/report/html/render-html.js";
import { withoutCommands } from "../../../src/report/safe-text.js";
import { reportOf, runOf } from "../build-report.js";
import { keyReuse } from "../fixtures.js";
import { hostileReport } from "../hostile-report.js";
import { lostUpdate } from "../race-fixtures.js";
import { explainedKeyReuse, recordedTraffic } from "../three-runs.js";
import { pageOf } from "./browser.js";
import { PAGE } from "./page-assets.js";

const KIB = 1024;

/** All data blocks of one kind, in their order. */
function dataOf<T>(page: string, part: string): readonly T[] {
  const blocks = page.matchAll(
    new RegExp(`<script type="application/json" data-run="\\d+" data-part="${part}">([^<]*)</script>`, "g"),
  );
  return [...blocks].map(([, json = ""]) => JSON.parse(json) as T);
}

/** The tags of a page, in their order, without what is in them. */
function tagsOf(page: string): readonly string[] {
  return [...page.matchAll(/<\/?([a-z][a-z0-9]*)/g)].map(([tag]) => tag);
}

const page = pageOf(reportOf(explainedKeyReuse()));

describe("one file", () => {
  test("weighs at most 400 KB without data", () => {
    const bare = pageOf(reportOf(runOf({ name: "Nothing", sent: [] })));
    expect(Buffer.byteLength(bare)).toBeLessThanOrEqual(400 * KIB);
    expect(bare).toContain(PAGE.script);
    expect(bare).toContain(PAGE.style);
  });

  test("refers to nothing outside of itself", () => {
    const own = page.replace(PAGE.script, "").replace(PAGE.style, "");
    const loading = /\s(?:src|srcset|poster|action|formaction|data|background)\s*=\s*["']/;
    expect(loading.exec(own)?.[0]).toBeUndefined();
    expect([...own.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toEqual(["#main"]);
    expect(PAGE.style).not.toMatch(/url\(|@import/);
  });

  test("allows its own script and style by their hashes, and nothing else", () => {
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const words = policy.replaceAll("&#39;", "'").split("; ");
    const hash = (tag: string): string => {
      const [, text = ""] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page) ?? [];
      return createHash("sha256").update(text).digest("base64");
    };
    expect(words).toContain("default-src 'none'");
    expect(words).toContain(`script-src 'sha256-${hash("script")}'`);
    expect(words).toContain(`style-src 'sha256-${hash("style")}'`);
    expect(policy).not.toContain("unsafe");
  });

  test("on a runner of GitHub Actions its script and style stay as they are hashed", () => {
    for (const text of [PAGE.script, PAGE.style])
      expect(text.split("\n").map(withoutCommands).join("\n") === text).toBe(true);
  });

  test("comes in pieces, none of them a whole run", () => {
    const exchanges = Array.from({ length: 1_000 }, () => ({ step: "read", request: "GET /v1/orders" }));
    const report = reportOf(runOf({ name: "Many", sent: exchanges }));
    const pieces = [...renderHtml(report, { cases: false, page: PAGE })];
    const longest = Math.max(...pieces.map(({ length }) => length));
    expect(longest).toBeLessThan(pieces.join("").length / 2);
  });
});

describe("what it says", () => {
  test("MOCK, the conflict and its name are in the title", () => {
    expect(page).toContain(
      "<title>CONFLICT 1 of 4 writes: MOCK obeying forum-lore: Same key, changed body</title>",
    );
  });

  test("conflict, cause and remedy come first, then what was sent, then the rest", () => {
    const places = [
      "CONFLICT 1 of 4 writes</span>",
      "key-reused-body-changed (certain)</h4>",
      "<dt>why</dt>",
      "<dt>do</dt>",
      "<h3>What was sent</h3>",
      "<h3>Correlation IDs</h3>",
    ].map((words) => page.indexOf(words));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  test("a violated invariant is told with the requests that prove it", () => {
    expect(pageOf(reportOf(lostUpdate()))).toMatch(/VIOLATED {2}no-lost-update[\s\S]*#4 PUT by writer 0/);
  });

  test("several runs: an overview with a link to each", () => {
    const both = pageOf(reportOf(explainedKeyReuse(), lostUpdate()));
    expect(both).toContain("<title>MOCK: 2 scenarios");
    expect([...both.matchAll(/href="#(run-\d)"/g)].map(([, id]) => id)).toEqual(["run-1", "run-2"]);
    for (const id of ["run-1", "run-2"]) expect(both).toContain(`id="${id}"`);
  });

  test("recorded traffic says where it comes from and what is missing in it", () => {
    const report = reportOf(recordedTraffic());
    const told = pageOf(report, true);
    expect(told.split("<li>to know: ")).toHaveLength(1 + (report.runs[0]?.recording?.notes.length ?? -1));
    expect(told).toContain("reason not settled");
  });
});

describe("the data", () => {
  test("has every exchange whole, and a row for each", () => {
    const run = keyReuse();
    const told = pageOf(reportOf(run));
    const exchanges = dataOf<readonly PageExchange[]>(told, "exchanges").flat();
    expect(exchanges.map(({ says: _, ...exchange }) => exchange)).toEqual([...run.exchanges]);
    const rows = dataOf<readonly PageRow[]>(told, "rows").flat();
    expect(rows.map(({ number, status }) => [number, status])).toEqual([
      [1, "200"],
      [2, "200"],
      [3, "409"],
      [4, "200"],
    ]);
    expect(dataOf<PageRun>(told, "run")[0]).toMatchObject({ exchanges: 4 });
  });

  test("a very long body is cut, and says how long it was", () => {
    const answer = "x".repeat(1_000_000);
    const told = pageOf(
      reportOf(runOf({ name: "Long", sent: [{ step: "read", request: "GET /", answer }] })),
    );
    const [exchange] = dataOf<readonly PageExchange[]>(told, "exchanges").flat();
    expect(exchange?.response).toMatchObject({ bodyLength: 1_000_000 });
    expect(exchange?.response?.body.length).toBeLessThan(200_000);
  });
});

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test("whatever a server or a scenario says, no tag, attribute or control character comes of it", () => {
  const shapeOf = (text: string): string =>
    tagsOf(text.replace(PAGE.script, "").replace(PAGE.style, ""))
      .filter(
        (tag) =>
          !/^<\/?(?:li|tr|td|th|code|dd|dt|p|span|pre|ul|em|h4|div|button|article|dl|section|h3|table|thead|tbody)$/.test(
            tag,
          ),
      )
      .join("");
  const expected = shapeOf(pageOf(reportOf(runOf({ name: "n", sent: [{ step: "s", request: "GET /" }] }))));
  fc.assert(
    fc.property(hostileReport, (report) => {
      const told = pageOf(report);
      expect(shapeOf(told)).toBe(expected);
      const own = told.replace(PAGE.script, "");
      expect(CONTROL.exec(own)?.[0]).toBeUndefined();
      expect(Buffer.from(told, "utf8").toString("utf8") === told).toBe(true);
    }),
    { numRuns: 60 },
  );
});
