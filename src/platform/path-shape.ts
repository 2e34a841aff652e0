/** A segment that is surely a value: ids have digits, what is not known yet has brackets, names are short. */
const VALUE = /\d|[<>%]|^.{30,}$/;

/** A path with `{id}` for its values, such as `/api/v2/users/{id}`: one for all requests of a kind. Pure. */
export function pathShape(path: string): string {
  return path
    .split("/")
    .map((segment) => (VALUE.test(segment) && !/^v\d$/.test(segment) ? "{id}" : segment))
    .join("/");
}
