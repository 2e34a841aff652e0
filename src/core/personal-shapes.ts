/** Where a word begins; in JSON text that is also after an escape such as `\n`, whose letter is no part of it. */
const BEGINS = "(?:(?<=\\\\[bfnrt])|(?<![\\w.+\\\\-]))";

/** E.164 (at most 15 digits), as text and in URLs. Not inside of words, where base64 may hold a plus as well. */
const PHONE = new RegExp(`(?:(?<!\\\\)(?:tel|sip):)?(?:${BEGINS}\\+|%2B)\\d{8,15}(?!\\d)`, "gi");

/** Bounded in each part, so that no text makes it slow. The platform's own addresses name no person. */
const MAIL = new RegExp(
  `${BEGINS}(?:sips?:)?[\\w.+-]{1,64}(?:@|%40)(?![\\w.-]{0,200}orgspan\\.com)[a-z\\d-]{1,63}(?:\\.[a-z\\d-]{1,63}){0,8}\\.[a-z]{2,24}`,
  "gi",
);

/** Long enough to be a telephone number; only those that are known to be one count. */
const DIGITS = new RegExp(`${BEGINS}\\d{7,15}(?![\\w.-])`, "g");

const TELEPHONE = /^(?:tel:|sip:)?\+?[\d\s().-]{7,24}$/i;

/** The digits of what looks like a telephone number; null for everything else. Pure. */
export function digitsOf(value: string): string | null {
  if (!TELEPHONE.test(value)) return null;
  const digits = value.replace(/\D/g, "");
  return digits.length >= 7 && digits.length <= 15 ? digits : null;
}

/** Replaces what is a telephone number with its country or a mail address, whatever it is called. Pure but for `hide`. */
export function replaceShapes(text: string, hide: (found: string) => string): string {
  const phones = /\+|%2b/i.test(text) ? text.replace(PHONE, hide) : text;
  return /@|%40/.test(phones) ? phones.replace(MAIL, hide) : phones;
}

/** Replaces bare digits; `hide` gives null for those that stay. Pure but for `hide`. */
export function replaceDigits(text: string, hide: (digits: string) => string | null): string {
  return text.replace(DIGITS, (digits) => hide(digits) ?? digits);
}
