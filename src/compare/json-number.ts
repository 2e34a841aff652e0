const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Longer exponents are compared as text: no number that means anything has one. */
const LONGEST_EXPONENT = 15;

/**
 * One text for all spellings of one decimal number: 1, 1.0, 10e-1 and 1E0 are equal, 12345678901234567890 and
 * 12345678901234567891 are not, although JSON.parse makes one double of both. Pure.
 */
export function decimalValue(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = DECIMAL.exec(text) ?? [];
  if (whole === "" || exponent.length > LONGEST_EXPONENT) return text;
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = trimZeros(digits);
  if (significant === "") return "0";
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${scale}`;
}

/** A loop because /0+$/ takes quadratic time on a long run of zeros that is not at the end. */
function trimZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}
