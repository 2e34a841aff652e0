// Figures with a limit of their own, where there is nothing to compare with. The best of some runs counts: what else
// the machine does only ever makes a figure worse.

const BEST_OF = 3;

function shown(value, unit) {
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}

/**
 * Runs one bench and prints its line.
 *
 * A bench is `{ name, absolute: true, open, bestOf? }`; `open()` gives `{ measure, close }`, and `measure()` gives figures
 * `{ label, value, limit, unit, atLeast? }`, the same labels each time. True where each figure, at its best, is at most
 * its limit (`atLeast`: at least).
 */
export async function runAbsolute(bench) {
  const { measure, close } = await bench.open();
  const best = new Map();
  try {
    for (let run = 0; run < (bench.bestOf ?? BEST_OF); run++) {
      for (const figure of await measure()) {
        const before = best.get(figure.label);
        const isBetter = (b) => (figure.atLeast ? figure.value > b.value : figure.value < b.value);
        if (before === undefined || isBetter(before)) best.set(figure.label, figure);
      }
    }
  } finally {
    await close();
  }
  let allOk = true;
  for (const { label, value, limit, unit, atLeast } of best.values()) {
    const ok = atLeast ? value >= limit : value <= limit;
    allOk &&= ok;
    const bound = atLeast ? "at least" : "at most";
    console.log(
      `${ok ? "ok  " : "OVER"} ${bench.name}: ${label}: ${shown(value, unit)}, ${bound} ${shown(limit, unit)}`,
    );
  }
  return allOk;
}
