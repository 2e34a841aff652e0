import fc from "fast-check";
import { expect, test } from "vitest";
import { renderGithub } from "../../src/report/github/render-github.js";
import { renderHar } from "../../src/report/har/render-har.js";
import { renderHistory } from "../../src/report/history/render-history.js";
import { renderJson } from "../../src/report/json/render-json.js";
import { renderJunit } from "../../src/report/junit/render-junit.js";
import { renderMarkdown } from "../../src/report/markdown/render-markdown.js";
import type { RunReport } from "../../src/report/report.js";
import { renderDiagnoses } from "../../src/report/terminal/cases/render-diagnoses.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { hostileReport } from "./hostile-report.js";

/** What no server may bring to a terminal: controls, bidirectional controls, and what nobody sees. A line feed is ours. */
const HOSTILE =
  /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** Colour is ours too, and so are links to our own files. */
const OURS = /\u001b\[\d{1,3}m|\u001b\]8;;(?:file:\/\/\/[!-~]*)?\u001b\\/g;

const look = { columns: 80, color: false, unicode: true, verbose: true };

const RENDERERS: Readonly<Record<string, (report: RunReport) => Iterable<string>>> = {
  terminal: (report) => renderTerminal(report, look),
  "terminal in ASCII": (report) => renderTerminal(report, { ...look, unicode: false, columns: 40 }),
  "terminal in colour, with links": (report) =>
    renderTerminal(report, { ...look, color: true, addressOf: () => "file:///own" }),
  "terminal with addresses that are none": (report) =>
    renderTerminal(report, { ...look, addressOf: (path) => `file:///${path}` }),
  "terminal of a recording": (report) => renderDiagnoses(report, look),
  json: (report) => renderJson(report, {}),
  junit: (report) => renderJunit(report, { cases: false }),
  markdown: (report) => renderMarkdown(report, { cases: false }),
  github: (report) => renderGithub(report, { cases: false, pathOf: String }),
  har: (report) => renderHar(report, {}),
  history: ({ runs }) => runs.flatMap(({ exchanges }) => [...renderHistory(exchanges)]),
};

test.each(Object.entries(RENDERERS))("nothing hostile comes through: %s", (_name, render) => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      expect([...render(report)].join("").replace(OURS, "")).not.toMatch(HOSTILE);
    }),
    { numRuns: 60 },
  );
});
