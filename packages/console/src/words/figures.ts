import { languageTag } from './language.ts';

/** Numbers, times and sizes as people of the page's language write them. */

const KIB = 1_024;
const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

export function figure(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(languageTag(), options).format(value);
}

export function percent(share: number, fractionDigits = 0): string {
  return figure(share, { style: 'percent', maximumFractionDigits: fractionDigits });
}

export function bytes(count: number): string {
  const step = Math.min(SIZES.length - 1, Math.floor(Math.log(Math.max(count, 1)) / Math.log(KIB)));
  return figure(count / KIB ** step, {
    style: 'unit',
    unit: SIZES[step] as string,
    unitDisplay: 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  });
}

/** A duration in the unit that suits it. */
export function seconds(value: number): string {
  if (value < 1) return unit(Math.round(value * 1_000), 'millisecond');
  if (value < 90) return unit(Math.round(value * 10) / 10, 'second');
  if (value < 5_400) return unit(Math.round(value / 60), 'minute');
  if (value < 172_800) return unit(Math.round(value / 3_600), 'hour');
  return unit(Math.round(value / 86_400), 'day');
}

function unit(value: number, name: string): string {
  return figure(value, { style: 'unit', unit: name, unitDisplay: 'short' });
}

/** A moment, of today without its date. */
export function moment(time: string | Date): string {
  const at = new Date(time);
  const today = at.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(
    languageTag(),
    today ? { timeStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'short' },
  ).format(at);
}
