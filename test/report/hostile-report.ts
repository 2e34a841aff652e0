import fc from "fast-check";
import type { HeaderList } from "../../src/core/http.js";
import type { RunReport } from "../../src/report/report.js";
import { reportOf, runOf, type Sent } from "./build-report.js";
import { diagnosis } from "./three-runs.js";

/** What means something to a terminal, an XML parser, a tracker, a Markdown reader or a CI runner. */
const LOADED = [
  ...[
    "\u001b[31m",
    "\u009b2J",
    "\u202e",
    "\r\n",
    "\n",
    "\t",
    "\u2028",
    "\ud800",
    "\udc00",
    "\u0000",
    "\uffff",
  ],
  ...["]]>", "<![CDATA[", "&amp;", "<script>", "</testcase>", '"', "'", "<!--", "-->", "&#0;"],
  ...["\n::error file=a.ts,line=1::owned", "::set-output name=a::b", "##[error]owned", "::stop-commands::x"],
  ...["%0A::error::x", "%25", ":", ",", "::"],
  ...["@octocat", "@org/team", "#12", "GH-12", "!7", "~label", "$3", "octocat/repo#1", "a@b.example"],
  ...["![x](https://evil.example/x.png)", "<img src=https://evil.example/x>", "[x](javascript:alert(1))"],
  ...["https://evil.example/?a=b", "www.evil.example", "mailto:a@b.example", ":smile:", "ABC-123"],
  ...[
    "`",
    "```",
    "`````",
    "\n```\n",
    "~~~",
    "|",
    "\\|",
    "\\",
    "**",
    "_a_",
    "\n# h",
    "\n- i",
    "\n> q",
    "\n---",
  ],
  ...["\n/close\n", "<details>", "[^1]", "[x]: https://evil.example", "e3", "deadbeefdeadbeef", " ", "  "],
];

/** Text as a hostile server or a careless person would have it. */
const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...LOADED),
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.string({ unit: "grapheme", maxLength: 6 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const headers: fc.Arbitrary<HeaderList> = fc
  .tuple(hostileText, hostileText, hostileText, hostileText)
  .map(([key, etag, id, value]) => [
    ["Idempotency-Key", key],
    ["ETag", etag],
    ["ININ-Correlation-Id", id],
    ["Content-Type", value],
    [`X-${value}`, value],
  ]);

const sent: fc.Arbitrary<Sent> = fc.record({
  step: fc.oneof(fc.constantFrom("first", "second", "third"), hostileText),
  attempt: fc.constantFrom(1, 1, 2),
  request: hostileText.map((path) => `PATCH /${path}`),
  headers,
  answerHeaders: headers,
  body: hostileText,
  answer: fc.oneof(
    hostileText,
    fc.json(),
    hostileText.map((message) => JSON.stringify({ message })),
  ),
  status: fc.constantFrom(200, 201, 409, 429, 500),
});

/** A report in which everything that is not gcidem's own is hostile. At least one expectation failed. */
export const hostileReport: fc.Arbitrary<RunReport> = fc
  .record({
    sent: fc.array(sent, { minLength: 1, maxLength: 4 }),
    name: hostileText,
    reason: hostileText,
    value: fc.oneof(hostileText, fc.jsonValue()),
    recorded: fc.boolean(),
  })
  .map(({ sent: all, name, reason, value, recorded }) => {
    const at = { file: name, line: 7, column: 3 };
    const evidence = [{ exchange: "e1", fact: reason }];
    const run = runOf({
      name,
      file: `a/${name}.yaml`,
      sent: all,
      steps: [{ id: "first" }, { id: "pause", waitMs: 1500 }, { id: "second", of: "first" }],
      pairs: all.length > 1 ? [["e1", "e2"]] : [],
      stored: all.length > 1 ? { e2: "e1" } : {},
      skipped: [{ step: name, round: 1, reason }],
      invariants: [
        {
          ...{ step: "first", name: "no-lost-update", holds: false, rounds: 2, violatedRounds: [1] },
          ...{ evidence: ["e1"], explanation: `${reason}\n${name}`, at },
        },
      ],
      expectations: [
        {
          step: all[0]?.step ?? "",
          line: 3,
          what: "json $.a",
          expected: value,
          actual: reason,
          ok: false,
          note: name,
        },
        {
          step: name,
          line: 4,
          what: `header ${name}`,
          expected: "present",
          actual: value,
          ok: null,
          note: reason,
        },
      ],
      more: {
        diagnoses: [diagnosis({ explanation: reason, remedy: name, evidence, missing: [reason] })],
        folder: `runs/${name}`,
      },
    });
    const recording = {
      format: name,
      recordedBy: reason,
      timesKnown: true,
      bodiesExact: true,
      notes: [reason, name],
    };
    return reportOf(recorded ? { ...run, recording } : run);
  });
