import type { Exchange } from "./journal.js";

/**
 * A copy of an exchange for whoever keeps many of a long run. Where V8 sees that most of what one line of code makes is kept, it
 * makes all that follow long-lived too, with the messages that they hold: exchanges that are only passed on would then
 * fill memory until the next full collection. Copies are made here, so the line that makes exchanges stays out of it. Pure.
 */
export function holdExchange(exchange: Exchange): Exchange {
  return { ...exchange, timings: { ...exchange.timings } };
}
