import { GcidemError } from "../../core/errors.js";

/** The address of a store without what may be secret in it: user, password and parameters. Pure. */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return "redis";
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Lets only an address through that names a Redis: a wrong one would be read as something else. @throws GcidemError `usage` */
export function checkAddress(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isRedis = parsed !== null && ["redis:", "rediss:"].includes(parsed.protocol) && parsed.host !== "";
  if (isRedis && /^\/?\d*$/.test(parsed.pathname)) return;
  // What was found is not repeated: it may hold a password.
  throw new GcidemError("usage", "the store is not an address of a Redis, expected redis://HOST:PORT", {
    hint: "redis://HOST:PORT/2 is the database 2 there; redis://:PASSWORD@HOST:PORT gives a password",
  });
}
