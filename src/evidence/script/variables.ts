import type { Exchange } from "../../journal/journal.js";
import type { Capture } from "./captures.js";
import type { ShellPiece } from "./shell-text.js";

/** Where a text stands in a request: what may be a captured value there differs. */
type TextPlace =
  | { readonly kind: "url" }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "body" };

/** A variable that has to be given, or that has a recorded value. */
export interface ScriptVariable {
  readonly name: string;
  /** Null: whoever runs the script must set it. */
  readonly value: string | null;
  readonly what: string;
}

/** Turns texts of requests into pieces, in the order of the requests, and remembers what they need. */
export interface Variables {
  readonly pieces: (text: string, place: TextPlace, exchange: Exchange) => readonly ShellPiece[];
  /** The variable that holds an origin (scheme, host and port). */
  readonly origin: (origin: string) => string;
  /** A value that nobody recorded, such as a body. */
  readonly missing: (name: string, what: string) => string;
  /** Heeds an answer: its ETag and its captures may be used from now on. */
  readonly heed: (exchange: Exchange) => void;
  /** All that have to be set before the first request, as far as they were needed. */
  readonly needed: () => readonly ScriptVariable[];
  /** Names of captured values that were needed. */
  readonly used: ReadonlySet<string>;
}

const PLACEHOLDER = /<(secret|personal)(?::(\d+))?>/g;
const CONDITIONS = new Set(["if-match", "if-none-match"]);
/** Shorter values turn up by chance. */
const SHORTEST_IN_TEXT = 8;

/** Where `value` stands in a text as what it is, not as a part of something else. */
function occurrence(text: string, value: string, place: TextPlace): number {
  if (place.kind === "header") return text === value ? 0 : -1;
  if (place.kind === "body") return value.length < SHORTEST_IN_TEXT ? -1 : text.indexOf(value);
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    const [before, after] = [text[at - 1] ?? "", text[at + value.length] ?? ""];
    if ("/=".includes(before) && before !== "" && (after === "" || "/?&#".includes(after))) return at;
  }
  return -1;
}

interface Known {
  readonly variable: string;
  readonly value: string;
}

/** Replaces one value wherever it stands in the pieces that are still text. */
function replaced(pieces: readonly ShellPiece[], known: Known, place: TextPlace): readonly ShellPiece[] {
  return pieces.flatMap((piece) => {
    if ("variable" in piece) return [piece];
    const found: ShellPiece[] = [];
    let rest = piece.text;
    for (
      let at = occurrence(rest, known.value, place);
      at !== -1;
      at = occurrence(rest, known.value, place)
    ) {
      found.push({ text: rest.slice(0, at) }, { variable: known.variable });
      rest = rest.slice(at + known.value.length);
    }
    return [...found, { text: rest }];
  });
}

function numberOf({ id }: Exchange): string {
  return `#${id.replace(/^e(?=\d+$)/, "")}`;
}

function placeWords(place: TextPlace, exchange: Exchange): string {
  const number = numberOf(exchange);
  if (place.kind === "header") return `the header ${place.name} of ${number}`;
  return `the ${place.kind === "url" ? "URL" : "body"} of ${number}`;
}

/** Makes the variables of one script. */
export function createVariables(captures: readonly Capture[]): Variables {
  const needed = new Map<string, ScriptVariable>();
  const used = new Set<string>();
  const keys = new Map<string, string>();
  const origins = new Map<string, string>();
  const etags = new Map<string, string>();
  const captured = new Map<string, Known>();
  const need = (name: string, value: string | null, what: string): string => {
    if (!needed.has(name)) needed.set(name, { name, value, what });
    return name;
  };
  const secretPieces = (text: string, place: TextPlace, exchange: Exchange): readonly ShellPiece[] => {
    const pieces: ShellPiece[] = [];
    let end = 0;
    for (const { index, 0: whole, 1: kind = "", 2: number } of text.matchAll(PLACEHOLDER)) {
      const name = `${kind.toUpperCase()}_${number ?? "SHORT"}`;
      pieces.push({ text: text.slice(end, index) });
      pieces.push({ variable: need(name, null, placeWords(place, exchange)) });
      end = index + whole.length;
    }
    return [...pieces, { text: text.slice(end) }];
  };
  const keyVariable = (key: string, exchange: Exchange): string => {
    const known = keys.get(key) ?? `KEY_${keys.size + 1}`;
    keys.set(key, known);
    return need(known, key, `the idempotency key of ${numberOf(exchange)}`);
  };
  const wholeHeader = (text: string, name: string, exchange: Exchange): ShellPiece | null => {
    if (text === exchange.idempotencyKey && !text.includes("<secret"))
      return { variable: keyVariable(text, exchange) };
    const etag = CONDITIONS.has(name.toLowerCase()) ? etags.get(text) : undefined;
    if (etag === undefined) return null;
    used.add(etag);
    return { variable: etag };
  };
  return {
    pieces: (text, place, exchange) => {
      const whole = place.kind === "header" ? wholeHeader(text, place.name, exchange) : null;
      if (whole !== null) return [whole];
      let pieces = secretPieces(text, place, exchange);
      for (const known of [...captured.values()].toReversed()) {
        if (!text.includes(known.value)) continue;
        pieces = replaced(pieces, known, place);
        if (pieces.some((piece) => "variable" in piece && piece.variable === known.variable))
          used.add(known.variable);
      }
      return pieces;
    },
    origin: (origin) => {
      const known = origins.get(origin) ?? (origins.size === 0 ? "BASE_URL" : `BASE_URL_${origins.size + 1}`);
      origins.set(origin, known);
      return need(known, origin, "where the requests go");
    },
    missing: (name, what) => need(name, null, what),
    heed: ({ id, etag }) => {
      if (etag !== null) {
        etags.delete(etag);
        etags.set(etag, `ETAG_${id.replace(/^e/, "")}`);
      }
      for (const { source, variable, value } of captures)
        if (source === id) captured.set(variable, { variable, value });
    },
    needed: () => [...needed.values()],
    used,
  };
}
