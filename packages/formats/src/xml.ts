import { fitText } from './characters.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Most of what is written: numbers and plain words, looked at once instead of copied twice. */
const PLAIN = /^[ !#-%(-;=?-~]*$/;

/** Any text as the content of an XML element or attribute. */
export function escapeXml(text: string): string {
  if (PLAIN.test(text)) return text;
  return fitText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** A comment; two hyphens in a row, which would end it, are parted. */
export function xmlComment(text: string): string {
  return `<!-- ${fitText(text).replaceAll('-', '\u2010')} -->`;
}

/** Attributes with a space before each; those without a value are left out. */
export function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(String(value))}"`))
    .join('');
}

/** Two digits after the point are a hundredth of a pixel. Put together from whole numbers: that is twice as fast, and pages hold thousands. */
export function decimal(value: number): string {
  const hundredths = Math.round(Math.abs(value) * 100);
  const part = hundredths % 100;
  const whole = `${value < 0 && hundredths > 0 ? '-' : ''}${(hundredths - part) / 100}`;
  if (part === 0) return whole;
  return part % 10 === 0 ? `${whole}.${part / 10}` : `${whole}.${part < 10 ? '0' : ''}${part}`;
}
