import { relative, resolve } from "node:path";
import type { RunReport } from "../report/report.js";
import { withoutCommands } from "../report/safe-text.js";

/** Every reporter that there is. */
export const REPORTERS = ["terminal", "json", "junit", "markdown", "github", "har", "html"] as const;

/** Name of a reporter. */
export type ReporterName = (typeof REPORTERS)[number];

/** How the terminal report is drawn. */
export interface TerminalStyle {
  readonly columns: number;
  readonly color: boolean;
  readonly unicode: boolean;
  readonly verbose: boolean;
  /** Absent: the terminal shows no links. */
  readonly addressOf?: (path: string) => string | null;
  /** A newer run than this was saved. Absent: no. */
  readonly older?: boolean;
}

/** A report, and how it is to be told. */
export interface Rendering {
  readonly report: RunReport;
  /** True for what `diagnose` found: what it tells of is traffic, not a scenario. */
  readonly cases: boolean;
  readonly style: TerminalStyle;
}

/** Annotations name files as the repository does, wherever gcidem was started. */
function repositoryPath(file: string): string {
  const root = process.env.GITHUB_WORKSPACE;
  const path = relative(root === undefined || root === "" ? "." : root, resolve(file)).replaceAll("\\", "/");
  return path === "" || path.startsWith("../") ? file : path;
}

/** Each format is loaded when it is asked for: a run pays for those that it writes. */
const RENDERERS: Readonly<Record<ReporterName, (rendering: Rendering) => Promise<Iterable<string>>>> = {
  terminal: async ({ report, cases, style }) => {
    if (!cases) return (await import("../report/terminal/render-terminal.js")).renderTerminal(report, style);
    const { renderDiagnoses } = await import("../report/terminal/cases/render-diagnoses.js");
    return renderDiagnoses(report, style);
  },
  json: async ({ report }) => (await import("../report/json/render-json.js")).renderJson(report, {}),
  junit: async ({ report, cases }) =>
    (await import("../report/junit/render-junit.js")).renderJunit(report, { cases }),
  markdown: async ({ report, cases }) =>
    (await import("../report/markdown/render-markdown.js")).renderMarkdown(report, { cases }),
  github: async ({ report, cases }) => {
    const { renderGithub } = await import("../report/github/render-github.js");
    return renderGithub(report, { cases, pathOf: repositoryPath });
  },
  har: async ({ report }) => (await import("../report/har/render-har.js")).renderHar(report, {}),
  html: async ({ report, cases }) => {
    const { pageAssets } = await import("../report/html/page-assets.js");
    const { renderHtml } = await import("../report/html/render-html.js");
    return renderHtml(report, { cases, page: pageAssets() });
  },
};

function* inert(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) yield piece.split("\n").map(withoutCommands).join("\n");
}

/** Renders a report in one format. The pieces read the journal while they are taken. */
export async function renderReport(name: ReporterName, rendering: Rendering): Promise<Iterable<string>> {
  const pieces = await RENDERERS[name](rendering);
  // A runner of GitHub Actions reads the log of each step for commands, whoever wrote them.
  return name !== "github" && process.env.GITHUB_ACTIONS === "true" ? inert(pieces) : pieces;
}
