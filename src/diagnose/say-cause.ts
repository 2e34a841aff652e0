import { CAUSES, CAUSES_BY_KIND, type Cause } from "../core/causes.js";
import { CAUSE_TEXTS } from "./cause-texts.js";

const WIDTH = 80;
const INDENT = 10;

const KIND_WORDS: Readonly<Record<keyof typeof CAUSES_BY_KIND, string>> = {
  refusal: "Refusals: the rule of the server that said no, exactly one for each refused request",
  anomaly: "Anomalies: a success that is not what it seems",
  pattern: "Patterns: what the client did",
  documented: "Documented facts: what the vendor's documents say, nothing sent",
};

/** True for the id of a cause. Pure. */
export function isCause(word: string): word is Cause {
  return CAUSES.some((cause) => cause === word);
}

function wrapped(text: string, indent: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function labelled(label: string, text: string): readonly string[] {
  return wrapped(text, INDENT).map((line, index) => `${(index === 0 ? label : "").padEnd(INDENT)}${line}`);
}

/** True where a shipped scenario shows it: what the vendor documents needs none, and `unexplained` is what is left. */
function isShown(cause: Cause): boolean {
  const { refusal, anomaly, pattern } = CAUSES_BY_KIND;
  return cause !== "unexplained" && [...refusal, ...anomaly, ...pattern].some((each) => each === cause);
}

/** One cause in lines of at most 80 columns. Pure. */
export function causePage(cause: Cause): readonly string[] {
  const { title, seen, why, told, remedy } = CAUSE_TEXTS[cause];
  return [
    cause,
    `  ${title}`,
    "",
    ...labelled("you see", seen),
    ...labelled("why", why),
    ...labelled("told by", told),
    ...labelled("do", remedy),
    ...(isShown(cause) ? ["", `shown by  gcidem replay builtin:causes/${cause}`] : []),
  ];
}

/** All causes, by kind, one a line. Pure. */
export function causeList(): readonly string[] {
  const longest = Math.max(...CAUSES.map(({ length }) => length));
  return Object.entries(CAUSES_BY_KIND).flatMap(([kind, causes], index) => [
    ...(index === 0 ? [] : [""]),
    KIND_WORDS[kind as keyof typeof CAUSES_BY_KIND],
    ...causes.map((cause) => `  ${cause.padEnd(longest)}  ${CAUSE_TEXTS[cause].title}`),
  ]);
}

/** The part of docs/causes.md that is made from the texts: Markdown. Pure. */
export function causesInMarkdown(): string {
  return Object.entries(CAUSES_BY_KIND)
    .flatMap(([kind, causes]) => [
      `## ${KIND_WORDS[kind as keyof typeof CAUSES_BY_KIND]}`,
      ...causes.map((cause) => {
        const { title, seen, why, told, remedy } = CAUSE_TEXTS[cause];
        return [
          `### ${cause}`,
          `${title}.`,
          [
            `- **What you see**: ${seen}`,
            `- **Why**: ${why}`,
            `- **How gcidem tells**: ${told}`,
            `- **What to do**: ${remedy}`,
          ].join("\n"),
        ].join("\n\n");
      }),
    ])
    .join("\n\n");
}
