import { lettersOf } from '../values/normalise.ts';
import { NEAR_NAMES, STANDARD_NAMES } from './standard-names.ts';

/** Standard names by the letters of their labels; of two that share a label the first. */
const BY_LABEL: ReadonlyMap<string, string> = new Map(
  Object.entries(STANDARD_NAMES)
    .flatMap(([name, labels]) =>
      [name, ...labels.split('|')].map((label): [string, string] => [labelLetters(label), name]),
    )
    .toReversed(),
);

/** What may stand behind a label without changing it: "Name (as in passport)", "Date (DD/MM/YYYY)", "*". */
const REMARK = /[([（【][^()[\]（）【】]*[)\]）】]|\*+|[.…_]{2,}/gu;

/** Remarks that make another label of it: "Total (excluding GST)" is no total. */
const TELLING = /excl|incl|gst|vat|tax|net|gross|chin|engl|latin|native|中文|英文|拼音|不含|含/iu;

/** The standard name of what a label asks for or names; undefined for a label of its own. */
export function standardName(label: string): string | undefined {
  const whole = BY_LABEL.get(labelLetters(label));
  if (whole !== undefined) return whole;
  const bare = label.replace(REMARK, (remark) => (TELLING.test(remark) ? remark : ' '));
  return bare === label ? undefined : BY_LABEL.get(labelLetters(bare));
}

/** Names whose values answer for a standard name, itself first. */
export function answering(name: string): readonly string[] {
  return [name, ...(NEAR_NAMES[name] ?? [])];
}

/** Every label of the vocabulary with its standard name, for those who look for labels that are nearly one of them. */
export function vocabulary(): ReadonlyMap<string, string> {
  return BY_LABEL;
}

/** Letters of a label, its abbreviations spelt out: "Inv. No", "Invoice #" and "invoice number" are the same. */
export function labelLetters(label: string): string {
  return lettersOf(
    label
      .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
      .toLowerCase()
      .replace(/n°|№/g, ' number ')
      .replace(/(?<!\p{L})(?:no|n0|nr|num|nos)(?:\.|(?!\p{L}))|#/gu, ' number ')
      .replace(/(?<!\p{L})inv(?!\p{L})/gu, 'invoice')
      .replace(/(?<!\p{L})(?:amt)(?!\p{L})/gu, 'amount')
      .replace(/(?<!\p{L})(?:tel)(?!\p{L})/gu, 'telephone'),
  );
}
