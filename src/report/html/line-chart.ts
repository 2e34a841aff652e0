import { html, type Markup, NOTHING } from "./markup.js";

/** One line of a chart: a value for each place on the horizontal axis, null where there is none. */
interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** What a chart shows. */
export interface Chart {
  readonly title: string;
  /** Under the horizontal axis. */
  readonly about: string;
  /** Names of the places on the horizontal axis, evenly spaced. */
  readonly places: readonly string[];
  readonly series: readonly Series[];
  /** Upper end of the vertical axis; null: as the values need. */
  readonly most: number | null;
  readonly format: (value: number) => string;
}

const WIDTH = 900;
const HEIGHT = 360;
const LEFT = 64;
/** Room for the names beside the lines' ends. */
const RIGHT = 230;
const TOP = 16;
const BOTTOM = 52;
const NAME_HEIGHT = 16;
const TICKS = 4;

/** Lines differ by dashes and points as well as by colour: nothing relies on colour alone. */
const DASHES = ["", "7 4", "2 3", "10 3 2 3"];

function niceTop(values: readonly number[]): number {
  const most = Math.max(1, ...values);
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 4, 5, 10].find((each) => each * power >= most) ?? 10) * power;
}

interface Scale {
  readonly top: number;
  readonly x: (place: number) => number;
  readonly y: (value: number) => number;
}

function scaleOf({ series, most, places }: Chart): Scale {
  const top = most ?? niceTop(series.flatMap(({ values }) => values.flatMap((value) => value ?? [])));
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, places.length - 1);
  return {
    top,
    x: (place) => LEFT + place * step,
    y: (value) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function axes({ places, about, format }: Chart, { top, x, y }: Scale): readonly Markup[] {
  const ticks = Array.from({ length: TICKS + 1 }, (_, at) => (top * at) / TICKS);
  const end = WIDTH - RIGHT;
  return [
    ...ticks.map(
      (tick) =>
        html`<line x1="${LEFT}" x2="${end}" y1="${rounded(y(tick))}" y2="${rounded(y(tick))}" class="grid"/><text x="${LEFT - 8}" y="${rounded(y(tick) + 4)}" text-anchor="end" class="soft">${format(tick)}</text>
`,
    ),
    ...places.map(
      (place, at) =>
        html`<text x="${rounded(x(at))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle" class="soft">${place}</text>
`,
    ),
    html`<text x="${(LEFT + end) / 2}" y="${HEIGHT - 8}" text-anchor="middle" class="soft">${about}</text>
`,
  ];
}

/** A point's shape by the number of its line. */
function mark(line: number, x: number, y: number): Markup {
  const [at, up] = [rounded(x), rounded(y)];
  if (line % 3 === 0) return html`<circle cx="${at}" cy="${up}" r="4"/>`;
  if (line % 3 === 1)
    return html`<rect x="${rounded(x - 3.5)}" y="${rounded(y - 3.5)}" width="7" height="7"/>`;
  return html`<path d="M${at} ${rounded(y - 5)}L${rounded(x + 4.5)} ${rounded(y + 3.5)}L${rounded(x - 4.5)} ${rounded(y + 3.5)}Z"/>`;
}

function lineMarkup(
  { name, values }: Series,
  line: number,
  { chart, scale }: { readonly chart: Chart; readonly scale: Scale },
): Markup {
  const points = values.flatMap((value, place) => (value === null ? [] : [{ value, place }]));
  const path = points
    .map(({ value, place }) => `${rounded(scale.x(place))},${rounded(scale.y(value))}`)
    .join(" ");
  const marks = points.map(
    ({ value, place }) =>
      html`<g><title>${name}, ${chart.places[place] ?? ""}: ${chart.format(value)}</title>${mark(line, scale.x(place), scale.y(value))}</g>`,
  );
  const dash = DASHES[line % DASHES.length] ?? "";
  const dashed = dash === "" ? NOTHING : html` stroke-dasharray="${dash}"`;
  return html`<g class="color-${line % 9}"><polyline points="${path}" class="series"${dashed}/>${marks}</g>
`;
}

interface End {
  readonly line: number;
  readonly name: string;
  /** Where the line ends, and where its name has room. */
  readonly fromY: number;
  readonly y: number;
}

/** Names beside the ends of the lines, moved apart where they would cover each other. */
function endsOf({ series }: Chart, scale: Scale): readonly End[] {
  const ends = series
    .map(({ name, values }, line) => {
      const last = values.findLast((value) => value !== null) ?? null;
      return { line, name: last === null ? `${name}: none` : name, fromY: scale.y(last ?? 0) };
    })
    .sort((a, b) => a.fromY - b.fromY);
  const lowest = HEIGHT - BOTTOM + NAME_HEIGHT;
  let y = TOP - NAME_HEIGHT;
  return ends.map((end, at) => {
    const room = lowest - (ends.length - 1 - at) * NAME_HEIGHT;
    y = Math.max(y + NAME_HEIGHT, Math.min(end.fromY, room));
    return { ...end, y };
  });
}

function endMarkup({ line, name, fromY, y }: End): Markup {
  const from = WIDTH - RIGHT;
  return html`<g class="color-${line % 9}"><path d="M${from + 8} ${rounded(fromY)}L${from + 26} ${rounded(y)}" class="leader"/>${mark(line, from + 34, y)}</g><text x="${from + 44}" y="${rounded(y + 4)}">${name}</text>
`;
}

/** A line chart as SVG; its values stand in a table besides, for those who do not see it. Pure. */
export function lineChart(chart: Chart): Markup {
  const scale = scaleOf(chart);
  const lines = chart.series.map((series, line) => lineMarkup(series, line, { chart, scale }));
  return html`<figure><figcaption><h3>${chart.title}</h3></figcaption>
<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${chart.title}; the figures stand in the tables below">
${axes(chart, scale)}${lines}${endsOf(chart, scale).map(endMarkup)}</svg></figure>
`;
}
