/** 97.5 % of the normal distribution lie below it: both ends together make 95 %. */
const Z = 1.959963984540054;

function toRate(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
}

/** Wilson's 95 % interval of a rate that was `hits` out of `rounds`, four digits; 0 to 1 where nothing was tried. Pure. */
export function wilsonInterval(
  hits: number,
  rounds: number,
): { readonly low: number; readonly high: number } {
  if (rounds <= 0) return { low: 0, high: 1 };
  const [rate, weight] = [hits / rounds, Z ** 2 / rounds];
  const centre = (rate + weight / 2) / (1 + weight);
  const reach = (Z * Math.sqrt((rate * (1 - rate)) / rounds + weight / (4 * rounds))) / (1 + weight);
  return { low: toRate(centre - reach), high: toRate(centre + reach) };
}

/**
 * What was not seen in so many rounds happens, one is 95 % sure, in less than this share of rounds: for a greater share
 * the chance to miss it each time, (1 - share) ** rounds, is below 5 %. 1 where nothing was tried. Pure.
 */
export function upperLimit(rounds: number): number {
  return rounds <= 0 ? 1 : 1 - 0.05 ** (1 / rounds);
}
