/** A string of a known kind in a text; `value` in the form that compares. */
export interface Identifier {
  readonly kind: 'email' | 'phone' | 'url' | 'iban' | 'chinese-id';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const EMAIL = /[\p{L}\d._%+-]+ ?@ ?[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}/gu;
const URL_TEXT = /(?<![@\w.])(?:https?:\/\/\S+|www\.\S+\.\S+)/giu;
const PHONE =
  /(?<![\d\p{L}/.-])(?:\+\d{1,3}[ .-]?(?:\(?\d{1,4}\)?)|\(\d{1,4}\)[ .-]?\d{2,4}|\d{2,4})(?:[ ./-]\d{2,5}){1,4}(?![\d/-])/gu;
const IBAN = /(?<![A-Z\d])[A-Z]{2}\d{2}(?: ?[A-Z\d]){11,30}(?![A-Z\d])/g;
const CHINESE_ID = /(?<!\d)\d{17}[\dXx](?![\dXx])/g;
/** Digits of a telephone number, by ITU-T E.164 at most 15; fewer than 7 are something else. */
const PHONE_DIGITS = { least: 7, most: 15 } as const;

/** What of these kinds a text holds, in order; check digits that do not fit mean that it is none. */
export function findIdentifiers(text: string): Identifier[] {
  return [
    ...matches(text, IBAN, 'iban', (raw) => {
      const value = raw.replaceAll(' ', '');
      return isIban(value) ? value : undefined;
    }),
    ...matches(text, CHINESE_ID, 'chinese-id', (raw) =>
      isChineseId(raw.toUpperCase()) ? raw.toUpperCase() : undefined,
    ),
    ...matches(text, EMAIL, 'email', (raw) => raw.replaceAll(' ', '').toLowerCase()),
    ...matches(text, URL_TEXT, 'url', (raw) => raw.replace(/[.,;)]+$/, '')),
    ...matches(text, PHONE, 'phone', (raw) => {
      const digits = raw.replace(/\D/g, '');
      const isPhone =
        digits.length >= PHONE_DIGITS.least &&
        digits.length <= PHONE_DIGITS.most &&
        !/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$/.test(raw);
      return isPhone ? (raw.startsWith('+') ? `+${digits}` : digits) : undefined;
    }),
  ]
    .filter(
      (found, at, all) => !all.slice(0, at).some((before) => before.start < found.end && found.start < before.end),
    )
    .toSorted((a, b) => a.start - b.start);
}

function matches(
  text: string,
  form: RegExp,
  kind: Identifier['kind'],
  read: (raw: string) => string | undefined,
): Identifier[] {
  return [...text.matchAll(form)].flatMap((match) => {
    const value = read(match[0]);
    return value === undefined ? [] : [{ kind, value, start: match.index, end: match.index + match[0].length }];
  });
}

/** ISO 13616: the first four characters moved to the end and letters as numbers, the whole leaves 1 when divided by 97. */
export function isIban(value: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(value)) return false;
  const digits = (value.slice(4) + value.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** GB 11643: weights 2^(18-i) modulo 11. */
export function isChineseId(value: string): boolean {
  if (!/^\d{17}[\dX]$/.test(value)) return false;
  const sum = [...value.slice(0, 17)].reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0);
  return '10X98765432'[sum % 11] === value[17];
}
