import type { PageRow } from "../src/report/html/page-data.js";
import { el } from "./elements.js";
import { visible } from "./visible-text.js";

const LONGEST_PATH = 64;

/** A column of the table of exchanges; `name` is its class. */
export interface Column {
  readonly head: string;
  readonly name: string;
  readonly cell: (row: PageRow) => Node | string;
  /** Left out where no row has anything to show. */
  readonly has?: (row: PageRow) => boolean;
}

/** Ends of paths tell them apart. */
function middleCut(text: string): string {
  return text.length <= LONGEST_PATH
    ? text
    : `${text.slice(0, LONGEST_PATH / 2 - 8)}…${text.slice(-LONGEST_PATH / 2 - 8)}`;
}

function status({ status: outcome, tone, stored }: PageRow): Node {
  const words = stored === null ? outcome : `${outcome} ↺${stored}`;
  return el("span", { class: `tone ${tone}` }, visible(words));
}

function code(text: string | null): Node | string {
  return text === null ? "" : el("code", { title: visible(text) }, visible(text));
}

const COLUMNS: readonly Column[] = [
  { head: "step", name: "step", cell: ({ label }) => visible(label) },
  {
    head: "writer",
    name: "writer",
    cell: ({ writer }) => (writer === null ? "" : `w${writer}`),
    has: ({ writer }) => writer !== null,
  },
  { head: "round", name: "round", cell: ({ round }) => String(round), has: ({ round }) => round > 1 },
  {
    head: "request",
    name: "request",
    cell: ({ method, path }) => el("span", { title: visible(path) }, visible(`${method} ${middleCut(path)}`)),
  },
  { head: "key", name: "key", cell: ({ key }) => code(key), has: ({ key }) => key !== null },
  {
    head: "If-Match",
    name: "token",
    cell: ({ ifMatch }) => code(ifMatch),
    has: ({ ifMatch }) => ifMatch !== null,
  },
  { head: "status", name: "status", cell: status },
  { head: "ETag", name: "token", cell: ({ etag }) => code(etag), has: ({ etag }) => etag !== null },
  {
    head: "version",
    name: "token",
    cell: ({ version }) => code(version),
    has: ({ version }) => version !== null,
  },
  { head: "ms", name: "number", cell: ({ ms }) => ms ?? "", has: ({ ms }) => ms !== null },
  {
    head: "cause",
    name: "reason",
    cell: ({ cause }) => el("span", { title: visible(cause ?? "") }, visible(cause ?? "")),
    has: ({ cause }) => cause !== null,
  },
];

/** The columns that have something to show. Pure. */
export function columnsOf(rows: readonly PageRow[]): readonly Column[] {
  return COLUMNS.filter(({ has }) => has === undefined || rows.some(has));
}
