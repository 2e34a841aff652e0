import type { Refusal } from "../../core/causes.js";
import type { CauseText } from "./cause-text.js";

/** The rule of the server that said no. */
export const REFUSAL_TEXTS: Readonly<Record<Refusal, CauseText>> = {
  "key-reused-body-changed": {
    title: "Same key, changed body",
    seen: "409, 422, 417 or 400 for a write whose idempotency key came before.",
    why: "The server keeps a fingerprint of the first body with the key. A second body under the same key could only be a mistake: it would be dropped or carried out as if it were the first.",
    told: "An earlier request has the same key and URL and another JSON value; a fresh key with the same body passes.",
    remedy:
      "One key per logical operation: keep key and body together. For a new value make a new key; for a retry send the stored bytes again.",
  },
  "key-reused-bytes-changed": {
    title: "Same key, same meaning, other bytes",
    seen: "409, 422, 417 or 400 for a retry that looks identical.",
    why: "The server compares bytes (or headers), not JSON values: white space, the order of members, 1 against 1.0, or an escape make another fingerprint.",
    told: "An earlier request has the same key and the same JSON value, and the bytes of the two differ.",
    remedy:
      "Store the bytes that were sent first and send exactly those again. Do not serialise anew for a retry, and let no middleware rewrite the body.",
  },
  "key-reused-other-resource": {
    title: "Same key for another request",
    seen: "409, 422, 417 or 400 for a write whose key was first used elsewhere.",
    why: "Method, path or query are part of what the key stands for.",
    told: "The key came before on another path, query or method; a fresh key passes.",
    remedy: "One key per operation and resource: make a new key whenever method, path or query change.",
  },
  "key-in-flight": {
    title: "The first request with the key still runs",
    seen: "409, 425 or 423 at once, and the stored answer a little later.",
    why: "The server lets one request per key run at a time, so that the effect comes once.",
    told: "An earlier request with the same key had not been answered when this one was sent.",
    remedy:
      "Wait for the first answer, then repeat with the same key: you get its result. Do not send a key twice at once.",
  },
  "key-bound-to-unacknowledged-attempt": {
    title: "The key belongs to an attempt that nobody answered",
    seen: "409 for a retry after a 5xx, a time-out or a lost connection.",
    why: "The server knows that an attempt with this key ended badly, and does not decide for the client whether it counts.",
    told: "The earlier attempt with this key ended in a 5xx or without an answer.",
    remedy:
      "Look the result up (read the resource, or the key where the server offers that). Use a new key only once it is known that the first attempt was not carried out.",
  },
  "key-stuck": {
    title: "The key was never released",
    seen: "409 for as long as the key lives, though nothing runs under it.",
    why: "An attempt was cut off, and the server forgot to end its claim on the key.",
    told: "An attempt with this key was cut off by the client, no effect can be seen, and repeats go on being refused.",
    remedy:
      "This is the server's fault: look the result up, then go on with a new key, and give the correlation IDs to its support.",
  },
  "conflict-not-replay": {
    title: "The server refuses a repeat instead of returning the stored answer",
    seen: "409 for the same key and the same bytes after a success.",
    why: "Some servers use keys to refuse duplicates only; others refuse a key whose life is over.",
    told: "An earlier request with the same key and bytes was answered before this one was sent.",
    remedy: "Do not retry with the key of a request that was answered: look the result up instead.",
  },
  "key-missing": {
    title: "No key was sent where one is required",
    seen: "400, sometimes 422 or 428.",
    why: "The server takes such a write only with a key, so that a retry can be told from a second order.",
    told: "The request carries no key; the same with one passes.",
    remedy:
      "Send an Idempotency-Key: a fresh random one for each logical operation, the same one for its retries.",
  },
  "key-malformed": {
    title: "The key is not of the form that the server wants",
    seen: "400 or 422.",
    why: "Servers differ: most want the bare text, the IETF draft wants a quoted string, and each has a longest length.",
    told: "The key is quoted, long or odd, and a key of another form passes on the same operation.",
    remedy:
      "Send the key in the form that the server documents: a bare UUID for most, a quoted string by the IETF draft.",
  },
  "key-first-use-unseen": {
    title: "Somebody used the key before, and nobody here saw it",
    seen: "409 or 422 for a key that seems new.",
    why: "Another client, process or run used the same key: it is short, comes from a shared pool, or is made from the time.",
    told: "Nothing earlier among the exchanges carries this key; a fresh random key passes.",
    remedy: "Make keys at random (a UUID), share no pool of them between writers, and record from the start.",
  },
  "stale-etag": {
    title: "If-Match names a state that is no longer current",
    seen: "412, 409 or 400.",
    why: "Somebody wrote between your read and your write: yourself, another writer, or the platform.",
    told: "The token sent is not the one that was shown last for this resource, or a later read shows another one.",
    remedy: "Read the resource again, apply your change to what is there now, and write with the new ETag.",
  },
  "stale-version": {
    title: "The version in the body is not the current one",
    seen: "409, sometimes 400.",
    why: "The same as a stale ETag, with a member `version` or a revision.",
    told: "The version sent is not the one that was shown last for this resource, or a later read shows another one.",
    remedy:
      "Read the resource again, apply your change to what is there now, and send the version that you read.",
  },
  "etag-weak": {
    title: "A weak validator in a strong comparison",
    seen: "412 or 409 though nothing moved.",
    why: "If-Match is compared strongly (RFC 9110, 8.8.3.2): a weak validator (W/) never equals anything, not even itself. A compressing proxy turns strong ones into weak ones.",
    told: "If-Match carries W/, or the server's ETag does, and reads before and after show the same opaque text.",
    remedy:
      "Send the strong validator. Where the server offers weak ones only, ask for the plain representation or use its version member.",
  },
  "etag-malformed": {
    title: "If-Match is not of a form that the server understands",
    seen: "412 or 400.",
    why: "The quotes are missing, a proxy added a suffix, or the server compares text and knows neither lists nor *.",
    told: "The field is no single quoted entity tag, or differs from what was shown by quotes or a suffix alone.",
    remedy: "Send the ETag exactly as it was received, with its quotes and nothing added.",
  },
  "etag-other-resource": {
    title: "The token was issued for another URL",
    seen: "412 or 409.",
    why: "Tokens belong to one resource; a client that keeps the latest one for all of them sends the wrong one.",
    told: "The token was shown for another resource and never for this one.",
    remedy: "Send the validator of that very resource: keep tokens by URL.",
  },
  "precondition-missing": {
    title: "The server wants to know which state the write is for",
    seen: "428, 409 or 400.",
    why: "It takes no unconditional write, so that nobody overwrites what he has not seen.",
    told: "Neither If-Match nor a version was sent; the same with the current token passes.",
    remedy: "Read first, then send what you read back: If-Match with the ETag, or the version in the body.",
  },
  "state-locked": {
    title: "The resource is locked by its state",
    seen: "409 or 423, and success a little later with nothing changed.",
    why: "While a call is dialing or alerting, a job runs, or another party edits, no write is taken.",
    told: "The same request passes later unchanged, or a read shows a state in which servers lock.",
    remedy: "Wait and send the same request again; honour Retry-After where it comes.",
  },
  "state-terminal": {
    title: "The resource has ended",
    seen: "409 that never clears.",
    why: "What has ended takes no more writes: a conversation that is disconnected, an order that is closed.",
    told: "A read shows the state, and no later write to it passes.",
    remedy: "Stop retrying: this never clears. Start a new one where that is meant.",
  },
  "duplicate-entity": {
    title: "Something of that name exists already",
    seen: "409 or 412 on a create or a rename.",
    why: "Names, addresses and ids are unique; often an earlier attempt made the very thing.",
    told: "The key plays no part; an earlier answer or a look-up shows something with the same name, address or id.",
    remedy:
      "Look for what exists: if an earlier attempt made it, treat this as done; otherwise change the name.",
  },
  "referenced-entity": {
    title: "Something still refers to it",
    seen: "409 on a delete.",
    why: "The server keeps references whole.",
    told: "Only deletes; another answer shows who refers to it, and after the reference is gone the delete passes.",
    remedy: "Remove what refers to it first (members, routes, children), then delete.",
  },
  "permission-shown-as-409": {
    title: "A missing permission in the disguise of a conflict",
    seen: "409 whatever body and token are sent.",
    why: "The server hides that it knows the resource, or maps its own refusal badly. No source confirms it of the vendor's platform.",
    told: "The same request by another principal passes, and no request of this one does.",
    remedy: "Give the principal the role or permission that the operation needs; retrying changes nothing.",
  },
  "permission-missing": {
    title: "A permission is missing",
    seen: "403 with a body that names the permission, or 400 not.a.user.",
    why: "The role of the client lacks it, or the operation needs a user's token.",
    told: "403 has this meaning alone, and so has not.a.user.",
    remedy:
      "Give the client's role the permission that the answer names; a client-credentials client gets roles, not scopes.",
  },
  "token-expired": {
    title: "The access token is past its life",
    seen: "401 in the middle of a run.",
    why: "Tokens live from minutes to two days; no SDK renews a client-credentials token by itself.",
    told: "The same credentials were let through before.",
    remedy: "Log in again before retrying, and renew the token some time before expires_in has passed.",
  },
  "token-invalid": {
    title: "The server does not know the token",
    seen: "401 from the first request on.",
    why: "Wrong credentials, a token of another region, or none at all.",
    told: "No request with these credentials was ever let through.",
    remedy: "Check the credentials, and that token and API host belong to the same region.",
  },
  "rate-limited": {
    title: "Too many requests",
    seen: "429 with Retry-After.",
    why: "Requests are counted by token and minute.",
    told: "429 has this meaning alone.",
    remedy: "Wait as long as Retry-After says, keep the same key, and spread requests.",
  },
  "invalid-request": {
    title: "The request itself cannot be used",
    seen: "400, 404, 413, 415 or 422.",
    why: "A member is missing or of the wrong type, the id in the path is wrong, or what had it is gone.",
    told: "It carries neither a key nor a token that could be blamed, or the body names the field.",
    remedy: "Correct the field that the answer names, or the id in the path; the same request never passes.",
  },
  "no-such-operation": {
    title: "The server has no such operation",
    seen: "404 or 405.",
    why: "The path or method is made up: forum posts name many that do not exist.",
    told: "The vendor documents no such operation, and the nearest one has another path or method.",
    remedy: "Use the operation that the vendor documents for this.",
  },
  "spurious-conflict": {
    title: "A conflict although nothing had changed",
    seen: "409 or 412.",
    why: "A fault of the server: a stale cache or a failed write inside it.",
    told: "The residual: what the request named was current before and after, and no key, lock, uniqueness or permission fits.",
    remedy:
      "This is the server's fault: send the same request again, and give the correlation IDs to its support.",
  },
  unexplained: {
    title: "Nothing that gcidem knows fits",
    seen: "Any refusal.",
    why: "The exchanges at hand do not tell.",
    told: "Every other cause is contradicted.",
    remedy:
      "Capture what came before it: the read, the first use of the key, request and response bodies, and the correlation ID.",
  },
};
