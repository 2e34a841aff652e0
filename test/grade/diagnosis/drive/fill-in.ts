import { headerValue } from "../../../../src/core/http.js";
import type { Send } from "../scenario.js";
import type { Received } from "./happened.js";

/** Values that answers gave, by `step.name`. */
export type Captured = Map<string, string | number>;

const PLACE = /\$\(([\w.-]+)\)/g;

function memberOf(body: string, name: string): string | number | null {
  try {
    const value: unknown = (JSON.parse(body) as Readonly<Record<string, unknown>> | null)?.[name];
    return typeof value === "string" || typeof value === "number" ? value : null;
  } catch {
    return null;
  }
}

/** Keeps what later requests need of an answer. */
export function keepCaptures(send: Send, received: Received, captured: Captured): void {
  for (const [name, source] of Object.entries(send.captures)) {
    const value =
      source.kind === "etag" ? headerValue(received.headers, "etag") : memberOf(received.body, source.name);
    if (value !== null) captured.set(`${send.id}.${name}`, value);
  }
}

/** A body with its values as JSON; `null` where there is none, which servers take for an absent member. Pure. */
export function fillBody(template: string | null, captured: Captured): string | null {
  return template?.replace(PLACE, (_all, name: string) => JSON.stringify(captured.get(name) ?? null)) ?? null;
}

/** A path with its values, percent-encoded. Pure. */
export function fillPath(template: string, captured: Captured): string {
  return template.replace(PLACE, (_all, name: string) => encodeURIComponent(captured.get(name) ?? "none"));
}

/** Headers with their values; those that lack one are left out. Pure. */
export function fillHeaders(
  templates: Send["headers"],
  captured: Captured,
): readonly (readonly [string, string])[] {
  return templates.flatMap(([name, template]) => {
    const isWhole = [...template.matchAll(PLACE)].every(([, each]) => captured.has(each ?? ""));
    if (!isWhole) return [];
    return [[name, template.replace(PLACE, (_all, each: string) => String(captured.get(each)))] as const];
  });
}
