import type { Readable } from "node:stream";
import { type BodyTaker, Http1Request } from "./http1-request.js";
import type { ServerLimits } from "./server-limits.js";

const EMPTY = Buffer.alloc(0);

/** A body that is to be read. */
export interface Incoming {
  readonly source: Readable;
  /** False: nothing follows the header fields. */
  readonly hasBody: boolean;
  /** The length that the client announced; undefined where it did not. */
  readonly declared: string | undefined;
}

/** Reads bodies within the limits that all of them share. */
export interface BodyReader {
  /** True for a body whose announced length is refused before a byte of it was read. */
  readonly isTooLarge: (declared: string | undefined) => boolean;
  /** Hands the body over in one piece; null where it is too large. Never where the client goes away before its end. */
  readonly read: (incoming: Incoming, done: (body: Buffer | null) => void) => void;
}

/** What one large body takes of what all of them may hold. */
interface Held {
  readonly add: (bytes: number) => void;
  readonly release: () => void;
}

type Limits = Pick<ServerLimits, "bodyBytes" | "smallBodyBytes" | "allBodiesBytes">;

/** Hands the pieces of a body over, and null at its end, until what it gives is called. */
function listen(source: Readable, take: BodyTaker): () => void {
  if (source instanceof Http1Request && source.handOver(take)) return () => source.takeBack();
  const onEnd = (): void => take(null);
  source.on("data", take);
  source.on("end", onEnd);
  return () => {
    source.off("data", take);
    source.off("end", onEnd);
  };
}

/** Starts with nothing being read. */
export function createBodyReader({ bodyBytes, smallBodyBytes, allBodiesBytes }: Limits): BodyReader {
  let heldBytes = 0;
  const isTooLarge = (declared: string | undefined): boolean => Number(declared) > bodyBytes;

  /** Counts a body among the large ones, until it is released or its source closes. */
  const hold = (source: Readable): Held => {
    let counted = 0;
    const add = (bytes: number): void => {
      counted += bytes;
      heldBytes += bytes;
    };
    const release = (): void => add(-counted);
    source.once("close", release);
    return { add, release };
  };

  const readPieces = (source: Readable, done: (body: Buffer | null) => void): void => {
    const chunks: Buffer[] = [];
    let size = 0;
    let held: Held | null = null;
    const end = (): void => {
      held?.release();
      const [first] = chunks;
      done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size));
    };
    const stop = listen(source, (chunk) => {
      if (chunk === null) {
        end();
        return;
      }
      size += chunk.length;
      chunks.push(chunk);
      if (size <= smallBodyBytes) return;
      if (held !== null) held.add(chunk.length);
      else {
        held = hold(source);
        held.add(size);
      }
      if (size <= bodyBytes && heldBytes <= allBodiesBytes) return;
      stop();
      chunks.length = 0;
      held.release();
      done(null);
    });
  };

  return {
    isTooLarge,
    read: ({ source, hasBody, declared }, done) => {
      if (!hasBody) done(EMPTY);
      else if (isTooLarge(declared)) done(null);
      else readPieces(source, done);
    },
  };
}

/**
 * Reads and throws away what is left of a body, within bounds; then calls `done`, once. `isOver`: nothing more comes, by
 * its end or its client's.
 */
export function drain(
  source: Readable,
  { drainBytes, drainMs }: Pick<ServerLimits, "drainBytes" | "drainMs">,
  done: (isOver: boolean) => void,
): void {
  let leftBytes = drainBytes;
  const finish = (isOver: boolean): void => {
    clearTimeout(timer);
    source.off("data", onData);
    source.off("end", onOver);
    source.off("close", onOver);
    done(isOver);
  };
  const onOver = (): void => finish(true);
  const onData = (chunk: Buffer): void => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) finish(false);
  };
  const timer = setTimeout(() => finish(false), drainMs).unref();
  source.on("data", onData);
  source.on("end", onOver);
  source.on("close", onOver);
}
