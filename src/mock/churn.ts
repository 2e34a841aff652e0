import { seededRandom } from "../core/random.js";
import type { Churn } from "../policy/policy.js";
import { bumpByPlatform, type Instant, type Versioned } from "./versioned.js";

/** A resource that the platform itself writes to. */
export interface Churned {
  readonly versioned: Versioned;
  /** How many of the platform's events it has had. */
  platformEvents: number;
  /** Until when, on the mock's clock, it has had them. */
  caughtUpMs: number;
}

/** The platform's own writes. */
export interface PlatformLife {
  /** Begins another life from this instant on; null: none. The beat is counted from `originMs`, by default from now. */
  readonly start: (churn: Churn | null, nowMs: number, originMs?: number) => void;
  /** Does the writes that were due since the resource was last caught up. Nobody looks at it before this. */
  readonly catchUp: (churned: Churned, instant: Instant) => void;
}

interface Era {
  readonly churn: Churn;
  /** Servers that share a store have one origin, so that their events are the same. */
  readonly originMs: number;
  readonly startMs: number;
  endMs: number;
}

/** SplitMix-like mixing of an event's number, so that its instant is known without those before it. */
function deviation(salt: number, index: number): number {
  let mixed = (salt ^ Math.imul(index, 0x9e3779b9)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32 - 0.5;
}

function beatMs({ everyMs }: Churn): number {
  return Math.max(1, everyMs);
}

/**
 * The instant of the event `index` (from 1) of an era: its place on a steady beat, off by up to half the jitter, so that
 * each interval is longer or shorter by up to the jitter.
 */
function eventMs({ churn, originMs }: Era, index: number, salt: number): number {
  return originMs + index * beatMs(churn) + deviation(salt, index) * Math.min(churn.jitterMs, beatMs(churn));
}

/** Number of the last event of an era at or before an instant; 0 before the first. */
function lastEvent(era: Era, atMs: number, salt: number): number {
  let index = Math.max(0, Math.ceil((atMs - era.originMs) / beatMs(era.churn)) + 1);
  while (index > 0 && eventMs(era, index, salt) > atMs) index -= 1;
  return index;
}

/**
 * Churn without timers: whoever looks at a resource first does what was due to it. What a client can see is the same as
 * if timers had fired, a day of waiting on a virtual clock costs nothing, and servers that share a store agree on it.
 */
export function createPlatformLife(seed: number): PlatformLife {
  const salt = seededRandom(seed, "churn").uint32();
  const eras: Era[] = [];
  return {
    start: (churn, nowMs, originMs = nowMs) => {
      const current = eras.at(-1);
      if (current !== undefined) current.endMs = Math.min(current.endMs, nowMs);
      if (churn !== null) eras.push({ churn, originMs, startMs: nowMs, endMs: Number.POSITIVE_INFINITY });
    },
    catchUp: (churned, { nowMs, epochMs }) => {
      if (eras.length === 0) return;
      for (const era of eras) {
        const seenMs = Math.max(churned.caughtUpMs, era.startMs);
        const from = lastEvent(era, Math.min(seenMs, era.endMs), salt);
        const to = lastEvent(era, Math.min(nowMs, era.endMs), salt);
        if (to <= from) continue;
        churned.platformEvents += to - from;
        bumpByPlatform(churned.versioned, to - from, epochMs - (nowMs - eventMs(era, to, salt)));
      }
      churned.caughtUpMs = Math.max(churned.caughtUpMs, nowMs);
    },
  };
}
