import { createHash } from "node:crypto";
import type { ConcurrencyPolicy } from "../policy/concurrency-policy.js";
import { type EntityTag, formatEntityTag } from "./entity-tag.js";
import type { Versioned } from "./versioned.js";

/** A resource as far as its token goes. `content` is what a hash is taken of. */
export interface TokenHolder {
  readonly versioned: Versioned;
  readonly content: () => string;
}

/** The forms in which a resource's token is offered. Null: not offered in this form. */
export interface OfferedToken {
  /** The token itself, as a revision's text or a version's number in text. */
  readonly text: string;
  readonly tag: EntityTag | null;
  /** Name and value of the body member. */
  readonly member: { readonly name: string; readonly value: string | number } | null;
}

function meantBy(holder: TokenHolder, concurrency: ConcurrencyPolicy): string {
  switch (concurrency.meaning) {
    case "revision":
      return `${holder.versioned.revision}`;
    case "content-hash":
      return createHash("sha256").update(holder.content()).digest("hex").slice(0, 16);
    case "mtime-seconds":
      return Math.floor(holder.versioned.changedAtEpochMs / 1000).toString(16);
  }
}

/** Ends with the mark of its resource, so that no other one's token is ever equal. */
function opaqueText(holder: TokenHolder, concurrency: ConcurrencyPolicy): string {
  return `${meantBy(holder, concurrency)}-${holder.versioned.salt}`;
}

/** Twelve hexadecimal digits: the most that a double holds without loss. */
const HASH_DIGITS = 12;

function integerOf(holder: TokenHolder, concurrency: ConcurrencyPolicy): number {
  switch (concurrency.meaning) {
    case "revision":
      return holder.versioned.revision;
    case "content-hash":
      return Number.parseInt(meantBy(holder, concurrency).slice(0, HASH_DIGITS), 16);
    case "mtime-seconds":
      return Math.floor(holder.versioned.changedAtEpochMs / 1000);
  }
}

/** What a policy offers as the token of a resource now; null under `validator: none`. Pure. */
export function tokenOf(holder: TokenHolder, concurrency: ConcurrencyPolicy): OfferedToken | null {
  const { validator } = concurrency;
  switch (validator.kind) {
    case "none":
      return null;
    case "etag-strong":
    case "etag-weak": {
      const text = opaqueText(holder, concurrency);
      return { text, tag: { opaque: text, weak: validator.kind === "etag-weak" }, member: null };
    }
    case "version":
    case "revision": {
      const value =
        validator.form === "integer" ? integerOf(holder, concurrency) : opaqueText(holder, concurrency);
      const text = String(value);
      const tag = validator.etag === "none" ? null : { opaque: text, weak: validator.etag === "weak" };
      return { text, tag, member: { name: validator.name, value } };
    }
  }
}

/** The ETag header for a token; null when the policy offers none. Pure. */
export function etagHeader(token: OfferedToken | null): string | null {
  return token?.tag == null ? null : formatEntityTag(token.tag);
}

/**
 * `other-form` of C9: the same token, spelled so that a textual or strong comparison with the next read's fails, as
 * Apache's weak tag within a second of a write does. Pure.
 */
export function otherForm(token: OfferedToken): OfferedToken {
  return {
    text: token.text,
    tag: token.tag === null ? null : { opaque: token.tag.opaque, weak: !token.tag.weak },
    member: token.member === null ? null : { name: token.member.name, value: String(token.member.value) },
  };
}

/** The revision that a token speaks of; null where it cannot be told from the text. Pure. */
export function revisionIn(text: string, concurrency: ConcurrencyPolicy): number | null {
  if (concurrency.meaning !== "revision") return null;
  const found = /^(\d{1,15})(?:-[0-9a-f]{4})?$/.exec(text);
  return found === null ? null : Number(found[1]);
}

/** True where a token carries the mark of another resource. A plain count carries none. Pure. */
export function isOfOtherResource(text: string, versioned: Versioned): boolean {
  const salt = /^[0-9a-f]{1,16}-([0-9a-f]{4})$/.exec(text)?.[1];
  return salt !== undefined && salt !== versioned.salt;
}
