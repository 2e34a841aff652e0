/** Says what is wrong with a value, each with its place, such as `world.things[0].id: found 7, expected a text`. */
export type Shape = (value: unknown, place: string) => readonly string[];

/** Shapes of an object's members, by name. */
type Members = Readonly<Record<string, Shape>>;

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = JSON.stringify(value);
  return json.length <= 60 ? json : `${json.slice(0, 57)}...`;
}

function lead(place: string): string {
  return place === "" ? "" : `${place}: `;
}

/** A value that passes a test; `expected` ends the sentence "found 7, expected ...". */
export function that(expected: string, test: (value: unknown) => boolean): Shape {
  return (value, place) => (test(value) ? [] : [`${lead(place)}found ${shown(value)}, expected ${expected}`]);
}

/** A text that is not empty. */
export const text: Shape = that("a text", (value) => typeof value === "string" && value !== "");

/** A shape, or null. */
export function orNull(shape: Shape): Shape {
  return (value, place) => (value === null ? [] : shape(value, place));
}

/** A list of values of one shape. */
export function listOf(item: Shape): Shape {
  const list = that("a list", Array.isArray);
  return (value, place) =>
    Array.isArray(value)
      ? value.flatMap((each, index) => item(each, `${place}[${index}]`))
      : list(value, place);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function within(place: string, name: string): string {
  return place === "" ? name : `${place}.${name}`;
}

const anObject: Shape = that("an object", isObject);

/** An object of any member names, whose values have one shape. */
export function mapOf(item: Shape): Shape {
  return (value, place) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, each]) => item(each, within(place, name)))
      : anObject(value, place);
}

/** An object with these members and, unless it is `open`, no others. */
export function object(
  required: Members,
  optional: Members = {},
  { open = false }: { readonly open?: boolean } = {},
): Shape {
  const names = [...Object.keys(required), ...Object.keys(optional)];
  const shapeOf = (name: string): Shape | undefined =>
    names.includes(name) ? (required[name] ?? optional[name]) : undefined;
  const unknown = names.length === 0 ? "expected no members" : `expected only ${names.join(", ")}`;
  return (value, place) => {
    if (!isObject(value)) return anObject(value, place);
    const missing = Object.keys(required).filter((name) => !Object.hasOwn(value, name));
    const present = Object.entries(value).flatMap(([name, each]) => {
      const shape = shapeOf(name);
      if (shape !== undefined) return shape(each, within(place, name));
      return open ? [] : [`${lead(place)}found the member ${JSON.stringify(name)}, ${unknown}`];
    });
    return [...missing.flatMap((name) => required[name]?.(undefined, within(place, name)) ?? []), ...present];
  };
}
