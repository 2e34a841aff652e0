/** Members of a JSON object that nobody has checked yet. */
export type Members = Readonly<Record<string, unknown>>;

/** True for a JSON object. Pure. */
export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is an object; an empty one where it is missing or something else. Pure. */
export function membersAt(members: Members, name: string): Members {
  const value = members[name];
  return isMembers(value) ? value : {};
}

/** A member that is a text; null for anything else. Pure. */
export function textAt(members: Members, name: string): string | null {
  const value = members[name];
  return typeof value === "string" ? value : null;
}

/** A member that is a finite number, or a text of one as some recorders write it; null for anything else. Pure. */
export function numberAt(members: Members, name: string): number | null {
  const value = members[name];
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** A number from 0 on; recorders write -1 for what they do not know. Pure. */
export function amountAt(members: Members, name: string): number | null {
  const number = numberAt(members, name);
  return number === null || number < 0 ? null : number;
}

/** A JSON object; null for text that is none. Pure. */
export function parseMembers(text: string): Members | null {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : null;
  } catch {
    return null;
  }
}
