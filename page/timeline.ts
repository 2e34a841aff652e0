import { el, svg } from "./elements.js";
import { type Bar, inFlight, overlapping, type Picture, pictureOf, type View, viewsOf } from "./lanes.js";
import type { RunData } from "./run-data.js";
import { grouped, shortened, visible } from "./visible-text.js";

const WIDTH = 1_000;
const LEFT = 150;
/** Room for what stands behind the last bar. */
const RIGHT = 170;
const LANE = 26;
const TOP = 58;
const FLIGHT = 26;
const TICKS = 5;
const MOST_NAMED = 8;
const UNKNOWN_TIMES = "No timeline: the recording does not tell what was sent or answered before what.";

function scaleOf({ lengthMs }: Picture): (timeMs: number) => number {
  return (timeMs) => LEFT + (Math.max(0, timeMs) / lengthMs) * (WIDTH - LEFT - RIGHT);
}

function niceStep(lengthMs: number): number {
  const rough = lengthMs / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
}

function msText(timeMs: number): string {
  return String(Number(timeMs.toPrecision(4)));
}

function axis(picture: Picture, height: number): readonly SVGElement[] {
  const x = scaleOf(picture);
  const step = niceStep(picture.lengthMs);
  const ticks = Array.from({ length: Math.floor(picture.lengthMs / step) + 1 }, (_, at) => at * step);
  return ticks.flatMap((tick) => [
    svg("line", { x1: x(tick), x2: x(tick), y1: TOP - 6, y2: height, class: "grid" }),
    svg("text", { x: x(tick), y: TOP - 34, "text-anchor": "middle", class: "tick" }, `${msText(tick)} ms`),
  ]);
}

function releaseLines(picture: Picture, height: number): readonly SVGElement[] {
  const x = scaleOf(picture);
  return picture.releases.flatMap(({ atMs, words }) => [
    svg("line", { x1: x(atMs), x2: x(atMs), y1: TOP - 12, y2: height, class: "release" }),
    svg(
      "text",
      { x: x(atMs) + 4, y: height + 14, class: "release-words" },
      visible(`${shortened(words, 40)} at ${msText(atMs)} ms`),
    ),
  ]);
}

/** How many requests were under way at once: where that is two or more, writers overlap. */
function flight(picture: Picture): readonly SVGElement[] {
  const steps = inFlight(picture);
  const most = steps.reduce((max, { count }) => Math.max(max, count), 0);
  if (most < 2) return [];
  const x = scaleOf(picture);
  const bands = steps.flatMap(({ atMs, count }, at) => {
    const next = steps[at + 1];
    if (count < 2 || next === undefined || next.atMs <= atMs) return [];
    const height = (count / most) * (FLIGHT - 8);
    return [
      svg("rect", {
        x: x(atMs),
        width: Math.max(0.5, x(next.atMs) - x(atMs)),
        y: TOP - 8 - height,
        height,
        class: "flight",
      }),
    ];
  });
  return [...bands, svg("text", { x: 4, y: TOP - 10, class: "lane" }, `under way: up to ${most} at once`)];
}

function barWords({ row }: Bar): string {
  const token = row.version === null ? row.etag : `v${row.version}`;
  const sent = row.ifMatch === null ? "" : ` on ${row.ifMatch}`;
  return [row.status, row.stored === null ? "" : `↺${row.stored}`, token ?? "", sent.trim()]
    .filter(Boolean)
    .join(" ");
}

function tipLines(bar: Bar, picture: Picture): readonly string[] {
  const { row } = bar;
  const others = overlapping(bar, picture).map((each) => `#${each.row.number}`);
  const named = others.slice(0, MOST_NAMED).join(", ");
  const more = others.length > MOST_NAMED ? ` and ${grouped(others.length - MOST_NAMED)} more` : "";
  const end = bar.endMs === null ? "no end is known" : `answered at ${msText(bar.endMs)} ms`;
  return [
    `#${row.number} ${row.label}${row.writer === null ? "" : `, writer ${row.writer}`}: ${row.status}`,
    `${row.method} ${row.path}`,
    `${bar.startMs < bar.fromMs ? "released" : "sent"} at ${msText(bar.fromMs)} ms, ${end}`,
    ...(row.ifMatch === null ? [] : [`sent If-Match ${row.ifMatch}`]),
    ...(row.version === null ? [] : [`answered version ${row.version}`]),
    ...(row.etag === null ? [] : [`answered ETag ${row.etag}`]),
    ...(row.cause === null ? [] : [row.cause]),
    others.length === 0 ? "overlaps with none" : `overlaps with ${named}${more}`,
  ].map((line) => visible(shortened(line, 200)));
}

/** What one bar needs of its surroundings. */
interface Drawing {
  readonly picture: Picture;
  readonly proofs: ReadonlySet<string>;
  readonly onOpen: (place: number) => void;
  readonly tip: HTMLElement;
}

function showTip(bar: Bar, group: SVGElement, { picture, tip }: Drawing): void {
  tip.replaceChildren(...tipLines(bar, picture).map((line) => el("div", {}, line)));
  tip.hidden = false;
  const box = group.getBoundingClientRect();
  const around = tip.parentElement?.getBoundingClientRect();
  if (around === undefined) return;
  const left = Math.min(box.left - around.left, around.width - tip.offsetWidth - 8);
  tip.style.left = `${Math.max(0, left)}px`;
  tip.style.top = `${box.bottom - around.top + 4}px`;
}

function markOverlaps(bar: Bar, drawing: Drawing, root: Element, on: boolean): void {
  const places = new Set(overlapping(bar, drawing.picture).map(({ place }) => String(place)));
  for (const each of root.querySelectorAll<SVGElement>("[data-bar]"))
    each.classList.toggle("overlaps", on && places.has(each.dataset.bar ?? ""));
}

function barShapes(bar: Bar, y: number, { picture }: Drawing): readonly SVGElement[] {
  const x = scaleOf(picture);
  const [from, to] = [x(bar.fromMs), x(bar.endMs ?? picture.lengthMs)];
  const held =
    bar.startMs < bar.fromMs
      ? [svg("line", { x1: x(bar.startMs), x2: from, y1: y + 9, y2: y + 9, class: "held" })]
      : [];
  return [
    ...held,
    svg("rect", {
      x: from,
      y: y + 2,
      width: Math.max(2, to - from),
      height: 14,
      rx: 2,
      class: `bar ${bar.row.tone}${bar.endMs === null ? " endless" : ""}`,
    }),
    svg("rect", { x: from - 2, y, width: Math.max(6, to - from + 4), height: 18, class: "touch" }),
  ];
}

function barGroup(bar: Bar, y: number, drawing: Drawing): SVGGElement {
  const words = tipLines(bar, drawing.picture).join(". ");
  const proof = drawing.proofs.has(bar.row.id);
  const group = svg(
    "g",
    {
      class: proof ? "request proof" : "request",
      tabindex: 0,
      role: "button",
      "aria-label": words,
      "data-bar": bar.place,
    },
    ...barShapes(bar, y, drawing),
  );
  const root = (): Element => group.ownerSVGElement ?? group;
  const show = (): void => {
    showTip(bar, group, drawing);
    markOverlaps(bar, drawing, root(), true);
  };
  const hide = (): void => {
    drawing.tip.hidden = true;
    markOverlaps(bar, drawing, root(), false);
  };
  for (const name of ["pointerenter", "focus"]) group.addEventListener(name, show);
  for (const name of ["pointerleave", "blur"]) group.addEventListener(name, hide);
  group.addEventListener("click", () => drawing.onOpen(bar.place));
  group.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    drawing.onOpen(bar.place);
  });
  return group;
}

/** Each answer behind its bar, where there is room before the next one. */
function barLabels(bars: readonly Bar[], y: number, { picture }: Drawing): readonly SVGElement[] {
  const x = scaleOf(picture);
  return bars.flatMap((bar, at) => {
    const from = x(bar.endMs ?? picture.lengthMs) + 5;
    const next = bars[at + 1];
    const room = Math.floor(((next === undefined ? WIDTH : x(next.startMs)) - from) / 6.6);
    const words = barWords(bar);
    const text = words.length <= room ? words : room >= bar.row.status.length ? bar.row.status : "";
    return text === ""
      ? []
      : [svg("text", { x: from, y: y + 13, class: `answer ${bar.row.tone}` }, visible(text))];
  });
}

function draw(drawing: Drawing, label: string): SVGSVGElement {
  const { picture } = drawing;
  const height = TOP + picture.lanes.length * LANE;
  const lanes = picture.lanes.flatMap(({ name, bars }, at) => {
    const y = TOP + at * LANE;
    const title = visible(name.length > 20 ? `${name.slice(0, 19)}…` : name);
    return [
      svg("text", { x: 4, y: y + 13, class: "lane" }, title),
      ...bars.map((bar) => barGroup(bar, y, drawing)),
      ...barLabels(bars, y, drawing),
    ];
  });
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height + 22}`, role: "group", "aria-label": label, class: "timeline" },
    ...axis(picture, height),
    ...flight(picture),
    ...releaseLines(picture, height),
    ...lanes,
  );
}

function chooser(views: readonly View[], onChoose: (view: View) => void): HTMLElement | null {
  if (views.length < 2) return null;
  const select = el(
    "select",
    {},
    ...views.map(({ words }, at) => el("option", { value: at }, visible(words))),
  );
  select.addEventListener("change", () => {
    const view = views[Number(select.value)];
    if (view !== undefined) onChoose(view);
  });
  return el("label", {}, el("span", {}, "show "), select);
}

/** Who sent what when: a lane for each writer of a race, the releases, and what overlapped. */
export function createTimeline(data: RunData, onOpen: (place: number) => void): HTMLElement {
  if (!data.run.timesKnown) return el("p", { class: "hint" }, UNKNOWN_TIMES);
  const tip = el("div", { class: "tip", role: "tooltip", hidden: true });
  const place = el("div", { class: "picture" });
  const note = el("p", { class: "hint" });
  const show = (view: View): void => {
    const picture = pictureOf(data, view);
    const drawing = { picture, proofs: new Set(data.run.proofs), onOpen, tip };
    tip.hidden = true;
    place.replaceChildren(draw(drawing, `Timeline of ${view.words}`), tip);
    const rest = view.race === null ? data.rows.length - picture.lanes.length : picture.hidden;
    const more =
      rest > 0 ? ` ${grouped(rest)} more ${view.race === null ? "exchanges" : "writers"} are not drawn.` : "";
    note.textContent = `Times count from ${msText(picture.zeroMs)} ms into the run. Point at a bar to see what overlapped; press it to open the exchange.${more}`;
  };
  const views = viewsOf(data);
  const [first] = views;
  if (first !== undefined) show(first);
  return el(
    "section",
    { class: "timeline-part" },
    el("h4", {}, "Timeline"),
    chooser(views, show),
    place,
    note,
  );
}
