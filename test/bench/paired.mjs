// Two things measured in turn (ABAB...), so that whatever else the machine does falls on both alike.

/** Pairs that count; one more comes first and is thrown away, since caches and compilers are cold. */
export const PAIRS = 21;

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function shown(value, unit) {
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}

/** Wall time of something, in ms. */
export async function wallMs(run) {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

/**
 * Runs one bench and prints its line.
 *
 * A bench is `{ name, what, limit, unit, pairs?, open }`; `open()` gives `{ base, tried, close }`. `base` and `tried`
 * are `{ label, measure }`, and `measure()` gives one figure in `unit`. True where the ratio of the medians, tried to
 * base, is at most `limit`.
 */
export async function runPaired(bench) {
  const { base, tried, close } = await bench.open();
  const figures = { base: [], tried: [] };
  try {
    for (let pair = 0; pair <= (bench.pairs ?? PAIRS); pair++) {
      const baseFigure = await base.measure();
      const triedFigure = await tried.measure();
      if (pair === 0) continue;
      figures.base.push(baseFigure);
      figures.tried.push(triedFigure);
    }
  } finally {
    await close();
  }
  const [baseMedian, triedMedian] = [median(figures.base), median(figures.tried)];
  const ratio = triedMedian / baseMedian;
  const ok = ratio <= bench.limit;
  console.log(
    `${ok ? "ok  " : "OVER"} ${bench.name}: ratio ${ratio.toFixed(2)}, limit ${bench.limit.toFixed(2)}`,
  );
  console.log(`     ${tried.label}: ${shown(triedMedian, bench.unit)}`);
  console.log(`     ${base.label}: ${shown(baseMedian, bench.unit)}`);
  return ok;
}
