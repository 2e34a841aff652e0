/** What needs no escape. */
const PLAIN = /^[\u0020-\u0021\u0023-\u005b\u005d-\u007e]*$/;

/**
 * The name of a record or document as it is in the store. A name that a client chose may hold half of a surrogate pair,
 * which UTF-8 cannot carry and Lua's JSON refuses; escaped as JSON has it, no two names become one. Pure.
 */
export function storedName(name: string): string {
  return PLAIN.test(name) ? name : JSON.stringify(name).slice(1, -1);
}

/** The name that {@link storedName} wrote. Pure. */
export function toldName(stored: string): string {
  return PLAIN.test(stored) ? stored : (JSON.parse(`"${stored}"`) as string);
}
