/** A value now or later: the memory store answers at once, one behind a network cannot. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on at once with a value that is there, later with one that is not: no promise where none is needed. */
export function andThen<From, To>(
  value: MaybePromise<From>,
  next: (value: From) => MaybePromise<To>,
): MaybePromise<To> {
  return value instanceof Promise ? value.then(next) : next(value);
}
