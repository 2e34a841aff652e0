import type { Draw } from "../draw.js";
import { withVersions } from "../policies/dimension.js";
import type { Send } from "../scenario.js";
import { bodyFor, versionedPlace } from "./places.js";
import type { Provocation, Scene } from "./scene.js";
import { act, again, readToken, type Stage, tokenOf, tokenWay, write } from "./stage.js";
import { type Held, hold, tagged, tokenMaterial, under, writeUnder } from "./tokens.js";

/** Spells the tag of a read in another way: `$(read.token)` is the whole field as it was received. */
type Respell = (tag: string) => string;

function withTag(refused: Send, held: Held, respell: Respell): Send {
  const tag = tokenOf(held.read);
  return {
    ...refused,
    headers: refused.headers.map(([name, value]) => [name, value === tag ? respell(tag) : value] as const),
  };
}

function formScene(stage: Stage, respell: Respell): Scene {
  const held = hold(stage, versionedPlace(stage.draw));
  const plain = writeUnder(stage, "refused", held);
  const refused = withTag(plain, held, respell);
  const unconditional = { ...plain, headers: plain.headers.filter(([name]) => name !== "If-Match") };
  const serverIsWeak = stage.policy.concurrency.validator.kind === "etag-weak";
  const variant = serverIsWeak ? unconditional : plain;
  const { place, way } = held;
  const readNext = readToken(stage, "readNext", { path: place.readPath ?? place.path, way });
  return {
    acts: [act(held.read), act(refused)],
    refused,
    material: {
      ...tokenMaterial(stage, refused, held),
      current: { send: again(stage, "asReceived", plain) },
      variant: { send: again(stage, "variant", variant) },
      undo: { send: readNext },
      other: { send: again(stage, "nextWeak", under(refused, held, readNext)) },
    },
  };
}

const weak: Provocation = {
  cause: "etag-weak",
  policy: (policy, draw) =>
    draw.chance(0.5)
      ? tagged(policy, draw, { comparison: "strong" })
      : tagged(policy, draw, { validator: { kind: "etag-weak" }, comparison: "strong" }),
  play: (stage) => {
    const isWeak = stage.policy.concurrency.validator.kind === "etag-weak";
    return formScene(stage, (tag) => (isWeak ? tag : `W/${tag}`));
  },
};

const BROKEN = ['"x', 'x"', '"a" "b"', 'w/"x"', "W/", "current"] as const;

/** A field that is no list of tags, whatever the server compares. */
function broken(draw: Draw): Respell {
  return draw.oneOf([
    (tag: string): string => `${tag} ${tag}`,
    (tag: string): string => `x${tag}`,
    (): string => draw.oneOf(BROKEN),
  ] as const);
}

/** What a server cannot read that compares text. */
function notUnderstood(draw: Draw): Respell {
  return draw.oneOf([(tag: string): string => `"other", ${tag}`, (): string => "*"] as const);
}

const malformed: Provocation = {
  cause: "etag-malformed",
  policy: (policy, draw) => tagged(policy, draw, { comparison: draw.mostly(["strong", "weak", "textual"]) }),
  play: (stage) => {
    const isTextual = stage.policy.concurrency.comparison === "textual";
    return formScene(stage, isTextual ? notUnderstood(stage.draw) : broken(stage.draw));
  },
};

const otherResource: Provocation = {
  cause: "etag-other-resource",
  policy: (policy, draw) =>
    withVersions(tagged(policy, draw), {
      meaning: "revision",
      validator: draw.mostly([
        { kind: "etag-strong" },
        { kind: "revision", name: "_rev", form: "opaque", etag: "strong" },
      ]),
    }),
  play: (stage) => {
    const place = versionedPlace(stage.draw);
    const way = tokenWay(stage.policy, place, "if-match");
    const stray = readToken(stage, "stray", { path: place.otherPath, way });
    const held = hold(stage, place);
    const body = bodyFor(stage.draw, place);
    const refused = write(stage, "refused", { place, body, way, token: tokenOf(stray) });
    const own = write(stage, "own", { place, body, way, token: tokenOf(held.read) });
    const isRead = stage.draw.chance(0.6);
    const readAfter = { ...held.read, id: stage.nextId("readAfter") };
    return {
      acts: [act(stray), ...(isRead ? [act(held.read)] : []), act(refused)],
      refused,
      material: {
        again: { send: again(stage, "again", refused) },
        readAfter: { send: readAfter },
        current: {
          send: {
            ...own,
            headers: own.headers.map(([name]) => [name, `$(${readAfter.id}.token)`] as const),
          },
        },
      },
    };
  },
};

/** Refusals of a token for its form, or for being another's. */
export const TOKEN_FORM_PROVOCATIONS: readonly Provocation[] = [weak, malformed, otherResource];
