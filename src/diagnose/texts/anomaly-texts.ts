import type { Anomaly } from "../../core/causes.js";
import type { CauseText } from "./cause-text.js";

/** A success that is not what it seems. */
export const ANOMALY_TEXTS: Readonly<Record<Anomaly, CauseText>> = {
  "stored-answer-returned": {
    title: "The stored answer came back; nothing was written",
    seen: "2xx for a repeated key.",
    why: "That is what a key is for. It misleads only a client that took the answer for a second success.",
    told: "The answer equals the first one or is marked, and a later read does not show a second effect.",
    remedy: "For a new effect use a new key; for a retry be glad.",
  },
  "replay-of-other-body": {
    title: "The answer belongs to another body",
    seen: "2xx for a key that came before with another body.",
    why: "The server looks at the key alone and returns what it stored.",
    told: "Same key, other body, and the answer of the first.",
    remedy: "Your second body was not written: send it under a key of its own.",
  },
  "executed-other-body": {
    title: "One key, two bodies, two effects",
    seen: "2xx twice.",
    why: "The server does not compare what a key came with.",
    told: "Two different ids made by the server under one key, and the bodies differ.",
    remedy: "Do not rely on the key here; give each operation a key of its own.",
  },
  "executed-twice": {
    title: "One key, two effects",
    seen: "2xx twice.",
    why: "The key was ignored, two requests raced past a check that is not atomic, or the key's life was over.",
    told: "Two different ids made by the server, or a counter that moved by two, for one key and one body.",
    remedy:
      "The key does not protect you here: make the operation idempotent by itself (PUT with an id of yours), or look up before you retry.",
  },
  "replay-differs": {
    title: "The stored answer is not the first one",
    seen: "2xx with another status or body than the first.",
    why: "The server repeats the current state, or a fixed status, instead of what it said first.",
    told: "Status or body differ beyond correlation ID and date, and there was one effect.",
    remedy: "Do not compare answers of retries byte by byte; read the resource.",
  },
  "precondition-ignored": {
    title: "A stale token was let through",
    seen: "2xx for a write with an outdated If-Match or version.",
    why: "The server does not look at that field, whatever it shows in its answers.",
    told: "The token sent was not current any more, and the state changed.",
    remedy:
      "Your precondition protects nothing here: use the field that the server reads, or serialise your writers.",
  },
  "lost-update": {
    title: "An acknowledged write is gone",
    seen: "2xx for all, and one value missing.",
    why: "A writer that had not seen it wrote over it.",
    told: "The history: two writes from one version were both acknowledged.",
    remedy: "Send the token that you read, or let one writer at a time touch the resource.",
  },
  "stale-read": {
    title: "A read is older than what was acknowledged before",
    seen: "200 with an old version.",
    why: "A cache or a replica that trails.",
    told: "Versions: the read began after a newer one had been acknowledged.",
    remedy:
      "Wait and read again before you write; take the token from the answer to the write where it has one.",
  },
  "response-lost": {
    title: "It was done, and nobody said so",
    seen: "A time-out or a dropped connection.",
    why: "The answer was lost on its way.",
    told: "A later read, replay or refusal shows the effect.",
    remedy: "Retry with the same key, or look the result up; never with a new key.",
  },
  "altered-in-transit": {
    title: "What arrived is not what was sent",
    seen: "2xx, or a body mismatch that cannot be.",
    why: "A gateway or middleware rewrites bodies or drops headers.",
    told: "What the server stored or shows differs from what was sent.",
    remedy: "Send past the middleware, or make it leave bodies and headers alone.",
  },
  "duplicate-delivery": {
    title: "One request, two effects",
    seen: "2xx once.",
    why: "Something between client and server sent it twice.",
    told: "The counter or version moved by two for one request.",
    remedy: "Use a key, and look for retries in proxies and client libraries.",
  },
  "answered-by-intermediary": {
    title: "The answer is not the server's",
    seen: "2xx with an old correlation ID, or with Age, Via or X-Cache.",
    why: "A cache in front answered.",
    told: "Two exchanges with one correlation ID, or a header that only a cache sets.",
    remedy: "Do not let anything cache answers to writes; ask for a fresh one (Cache-Control: no-cache).",
  },
  "phantom-version": {
    title: "A version that nobody wrote",
    seen: "200.",
    why: "Another writer, or a server that shows what it later takes back.",
    told: "The history of a resource that nobody else writes.",
    remedy: "Look for the other writer; if there is none, this is evidence for the server's support.",
  },
  "duplicate-version": {
    title: "Two writes made one version",
    seen: "2xx twice with one token.",
    why: "Two writers passed the same check at once.",
    told: "The history: one version, two acknowledged writes of other content.",
    remedy: "The server's check is not atomic: serialise your writers.",
  },
  "future-read": {
    title: "A version was seen before its write was sent",
    seen: "200.",
    why: "Clocks that disagree, or tokens that recur.",
    told: "The history.",
    remedy: "Check that tokens are unique; then it is evidence for the server's support.",
  },
  order: {
    title: "The answers admit no order",
    seen: "2xx for all.",
    why: "Reads and writes were served from states that cannot follow one another.",
    told: "The history: no order of the acknowledged requests explains all answers.",
    remedy: "Do not rely on reads between writers; this is evidence for the server's support.",
  },
  "several-winners": {
    title: "More than one writer won from one version",
    seen: "2xx for several writers with one token.",
    why: "The check of the token and the write are not one step.",
    told: "The history: two compare-and-sets from one version were acknowledged.",
    remedy: "The precondition does not protect against simultaneous writers here: serialise them.",
  },
};
