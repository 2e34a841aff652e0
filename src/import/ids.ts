const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const VERSION_SEGMENT = /^v\d+(?:\.\d+)?$/i;
const ID_NAME = /^(?:id|.*(?:Id|_id|-id|ID|[Uu]uid|GUID|[Gg]uid))$/;
const VERSION_NAME = /^(?:version|revision|rev|_rev|etag|lockVersion|resourceVersion|sequence)$/i;

/** True for a text that nobody types twice by chance: a UUID, a number, letters with digits among them. Pure. */
export function looksLikeId(text: string): boolean {
  if (VERSION_SEGMENT.test(text)) return false;
  return UUID.test(text) || /^\d+$/.test(text) || (/^[\w-]{6,64}$/.test(text) && /\d/.test(text));
}

/** True for an id that can be told from any other text wherever it stands. Pure. */
export function isUnmistakable(text: string): boolean {
  return (
    UUID.test(text) ||
    (text.length >= 8 && /^[\w.:-]+$/.test(text) && /\d/.test(text) && /[A-Za-z-]/.test(text))
  );
}

/** True for members that hold ids by their name. Pure. */
export function isIdName(name: string): boolean {
  return ID_NAME.test(name);
}

/** True for members that hold a version by their name. Pure. */
export function isVersionName(name: string): boolean {
  return VERSION_NAME.test(name);
}

/** `conversations` -> `conversation`, `addresses` -> `address`, `entries` -> `entry`. Pure. */
export function singular(noun: string): string {
  if (/ies$/.test(noun)) return noun.replace(/ies$/, "y");
  if (/(?:ss|x|ch|sh)es$/.test(noun)) return noun.replace(/es$/, "");
  return /[^s]s$/.test(noun) ? noun.slice(0, -1) : noun;
}

/** `call-backs` -> `callBacks`; empty where nothing of it may stand in a name. Pure. */
export function camelCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((each) => each !== "");
  const joined = words
    .map((word, index) => (index === 0 ? word : `${word[0]?.toUpperCase() ?? ""}${word.slice(1)}`))
    .join("");
  if (/^etag$/i.test(joined)) return "etag";
  return /^[A-Za-z]/.test(joined) ? `${joined[0]?.toLowerCase() ?? ""}${joined.slice(1)}` : "";
}

/** Gives each name once: `read`, `read2`, `read3`. */
export function createNames(taken: readonly string[] = []): (wanted: string) => string {
  const used = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let number = 2; used.has(name); number++) name = `${wanted}${number}`;
    used.add(name);
    return name;
  };
}
