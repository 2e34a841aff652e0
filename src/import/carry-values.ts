import { type HeaderList, isWrite } from "../core/http.js";
import { type JsonNode, tryParseJson } from "../core/json.js";
import { mark, replaceMarks, varName } from "../intake/written.js";
import type { Draft } from "./draft.js";
import { camelCase, createNames, isIdName, isUnmistakable, isVersionName } from "./ids.js";
import { mapLeaves, mapTarget, type Place } from "./places.js";
import { createSources, type Source } from "./sources.js";
import { isIdThere, type Var, type Vars } from "./vars.js";

/** A capture of a step. */
export interface Kept {
  readonly name: string;
  readonly from: string;
  readonly regex: string | null;
}

/** The texts of a draft with marks where values come from elsewhere. */
export interface Carried {
  readonly target: string;
  readonly key: string | null;
  readonly ifMatch: string | null;
  readonly headers: HeaderList;
  /** Only of a JSON body. */
  readonly node: JsonNode | null;
  /** Only of a text body. */
  readonly text: string | null;
}

/** What requests carry of vars and of earlier answers. */
export interface Carrying {
  readonly carried: readonly Carried[];
  /** Captures by the index of the draft whose answer they come from. */
  readonly captures: ReadonlyMap<number, readonly Kept[]>;
  /** Vars for values of answers that no capture can reach. */
  readonly more: readonly Var[];
}

interface Scene {
  readonly drafts: readonly Draft[];
  readonly ids: readonly string[];
  readonly vars: Vars;
  readonly visible: (from: number, to: number) => boolean;
}

function pathOf({ target }: Draft): string {
  return target.split("?")[0] ?? "";
}

/** The same thing, or a thing and the collection that it was made in. */
function related(a: Draft, b: Draft): boolean {
  const [one, other] = [pathOf(a), pathOf(b)];
  return one === other || other.startsWith(`${one}/`);
}

function createKeeper(ids: readonly string[]): {
  readonly keep: (source: Source) => string;
  readonly captures: () => ReadonlyMap<number, readonly Kept[]>;
} {
  const kept = new Map<number, { readonly names: (wanted: string) => string; readonly list: Kept[] }>();
  return {
    keep: ({ index, from, regex, name }) => {
      const own = kept.get(index) ?? { names: createNames(), list: [] };
      kept.set(index, own);
      const known = own.list.find((each) => each.from === from && each.regex === regex);
      if (known !== undefined) return mark(`${ids[index] ?? ""}.${known.name}`);
      const each = { name: own.names(camelCase(name) || "value"), from, regex };
      own.list.push(each);
      return mark(`${ids[index] ?? ""}.${each.name}`);
    },
    captures: () => new Map([...kept].map(([index, { list }]) => [index, list])),
  };
}

/** Strings and versions of a text that is JSON, replaced where they stand. */
function inText(text: string, replace: (place: Place) => string | null): string {
  const node = tryParseJson(text);
  if (node === null) return inForm(text, replace);
  let output = text;
  mapLeaves(node, (place) => {
    const other = replace(place);
    if (other === null) return null;
    const plain = JSON.stringify(place.value) === `"${place.value}"`;
    if (place.number) {
      const member = JSON.stringify(place.name).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      output = output.replace(
        new RegExp(`(${member}\\s*:\\s*)${place.value}(?![\\d.eE])`, "g"),
        (_all, before: string) => `${before}${other}`,
      );
    } else if (plain) output = output.replaceAll(`"${place.value}"`, () => `"${other}"`);
    return null;
  });
  return output;
}

/** Fields of a form whose values are the same encoded or not. */
function inForm(text: string, replace: (place: Place) => string | null): string {
  if (!/^[^=&\s]+=[^\s]*$/.test(text)) return text;
  return text
    .split("&")
    .map((part) => {
      const [, name, value] = /^([^=]*)=([\w.-]+)$/.exec(part) ?? [];
      const other =
        name === undefined || value === undefined
          ? null
          : replace({ in: "query", value, name, number: false });
      return other === null ? part : `${name ?? ""}=${other}`;
    })
    .join("&");
}

/** Says where the values of one request come from. */
interface Finder {
  readonly etagOf: (etag: string, index: number, draft: Draft) => string | null;
  readonly versionOf: (place: Place, index: number, draft: Draft) => string | null;
  readonly idOf: (place: Place, index: number) => string | null;
}

function createFinder({ drafts, vars, visible }: Scene, keep: (source: Source) => string): Finder {
  const sources = createSources(drafts);
  const draftAt = (index: number, otherwise: Draft): Draft => drafts[index] ?? otherwise;
  return {
    etagOf: (etag, index, draft) => {
      const all = sources.ofEtag(etag).filter((each) => visible(each.index, index));
      const own = all.filter((each) => pathOf(draftAt(each.index, draft)) === pathOf(draft));
      const source = own.at(-1) ?? all.at(-1);
      return source === undefined ? null : keep(source);
    },
    versionOf: ({ value, name }, index, draft) => {
      const all = sources.ofValue(value).filter((each) => each.name === name && visible(each.index, index));
      const source = all.findLast((each) => related(draftAt(each.index, draft), draft));
      return source === undefined ? null : keep(source);
    },
    idOf: (place, index) => {
      const { value, number } = place;
      if (number && !isIdName(place.name)) return null;
      const key = number ? undefined : vars.ofKey.get(value);
      if (key !== undefined && isUnmistakable(value)) return mark(key);
      const said = sources.firstSent(value);
      const isThere = place.in === "path" || isIdName(place.name) || isUnmistakable(value);
      const source = sources
        .ofValue(value)
        .find(
          (each) =>
            each.index < said && visible(each.index, index) && (isIdName(each.name) || isUnmistakable(value)),
        );
      if (source !== undefined && isThere) return keep(source);
      const id = isIdThere(place) ? vars.ofId.get(value) : undefined;
      return id === undefined ? null : mark(id);
    },
  };
}

/** Values that a source itself takes from the answer to a request that it names; what is out of reach is asked for. */
function createNamed(
  { drafts, visible }: Scene,
  keep: (source: Source) => string,
): {
  readonly named: (expression: string, index: number) => string;
  readonly more: ReadonlyMap<string, Var>;
} {
  const more = new Map<string, Var>();
  const named = (expression: string, index: number): string => {
    const [, step = "", from = ""] = /^@(\S+) (.*)$/.exec(expression) ?? [];
    const isStep = ({ sent }: Draft, at: number): boolean =>
      at < index && sent.name !== null && varName(sent.name) === varName(step);
    const at = drafts.findIndex(isStep);
    if (at !== -1 && visible(at, index)) {
      const name = camelCase(/([\w-]+)\W*$/.exec(from)?.[1] ?? "value") || "value";
      return keep({ index: at, from, regex: null, name });
    }
    const name = varName(`${step}_${from.replace(/^header |^\$\.?/, "")}`);
    const ask = `${from} of the answer to ${step}, which is no request before this one`;
    more.set(name, { name, mock: name, ask, value: null });
    return mark(name);
  };
  return { named, more };
}

interface Means {
  readonly vars: Vars;
  readonly finder: Finder;
  readonly named: (expression: string, index: number) => string;
}

function carriedBy(draft: Draft, index: number, { vars, finder, named }: Means): Carried {
  const { body, key, ifMatch } = draft;
  const replace = (place: Place): string | null =>
    place.in === "body" && isVersionName(place.name)
      ? finder.versionOf(place, index, draft)
      : finder.idOf(place, index);
  const resolve = (text: string): string =>
    replaceMarks(text, (expression) =>
      expression.startsWith("@") ? named(expression, index) : mark(expression),
    );
  const resolved = ({ value, number }: Place): string | null => (number ? null : resolve(value));
  const headers = draft.headers.map(([name, value]): readonly [string, string] => {
    const etag = /^if-none-match$/i.test(name) ? finder.etagOf(value, index, draft) : null;
    const place: Place = { in: "query", value, name, number: false };
    return [name, etag ?? (isUnmistakable(value) ? finder.idOf(place, index) : null) ?? resolve(value)];
  });
  const keyName = key === null ? undefined : vars.ofKey.get(key.value);
  return {
    target: resolve(mapTarget(draft.target, replace)),
    key: key === null ? null : keyName === undefined ? resolve(key.value) : mark(keyName),
    ifMatch: ifMatch === null ? null : (finder.etagOf(ifMatch, index, draft) ?? resolve(ifMatch)),
    headers,
    node: body.kind === "json" ? mapLeaves(mapLeaves(body.node, replace), resolved) : null,
    text: body.kind === "text" ? resolve(inText(body.text, replace)) : null,
  };
}

/** Finds out which values of requests are vars, and which came from an earlier answer. */
export function carryValues(scene: Scene): Carrying {
  const { keep, captures } = createKeeper(scene.ids);
  const { named, more } = createNamed(scene, keep);
  const means: Means = { vars: scene.vars, finder: createFinder(scene, keep), named };
  const carried = scene.drafts.map((draft, index) => carriedBy(draft, index, means));
  return { carried, captures: captures(), more: [...more.values()] };
}

/** Names of steps, by method and what they are about; those that the source itself names keep it. Pure. */
export function stepNames(drafts: readonly Draft[]): readonly string[] {
  const nameOf = createNames(["env", "writer", "uuid", "now", "sha256", "effects"]);
  return drafts.map(({ sent, method, target }) => {
    const own = sent.name === null ? "" : camelCase(sent.name.replace(/\//g, "-"));
    if (own !== "" && own.length <= 40) return nameOf(own);
    const nouns = (target.split("?")[0] ?? "")
      .split("/")
      .filter((each) => /^[A-Za-z][A-Za-z_-]*$/.test(each));
    const verb = isWrite(method, [])
      ? method.toLowerCase()
      : method === "GET"
        ? "read"
        : method.toLowerCase();
    return nameOf(camelCase(`${verb}-${nouns.at(-1) ?? ""}`) || "step");
  });
}
