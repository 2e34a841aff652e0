/** A JSON object, its members unknown. */
export type Members = Readonly<Record<string, unknown>>;

/** The value as an object; null where it is none. Pure. */
export function objectOf(value: unknown): Members | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

/** The objects of a list; none where it is no list. Pure. */
export function objectsOf(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.map(objectOf).filter((each) => each !== null) : [];
}

/** The texts of a list; none where it is no list. Pure. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** The value as a text that says something; null where it is none. Pure. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
