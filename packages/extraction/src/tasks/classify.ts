import type { ClassifyResult } from '@docusnap/contracts';
import type { Row } from '../layout/rows.ts';
import { KINDS } from '../rules/kinds.ts';
import { findTotals } from '../rules/total.ts';
import { findIdentifiers } from '../values/identifiers.ts';
import { findMrz } from '../values/mrz.ts';
import { contentWords } from './words.ts';

/** What a document may be, by default. */
export const DEFAULT_KINDS: readonly string[] = [...Object.keys(KINDS), 'other'];

/** What a page shows beside its words. */
export interface Shape {
  readonly title: string;
  /** Places to fill: blanks and boxes to tick. */
  readonly places: number;
}

const POINTS = { telling: 3, usual: 1, title: 6, own: 4, ownTitle: 8 } as const;
/** A certain sign of a kind outweighs words. */
const SIGN = 12;
/** Places to fill that make a form. */
const FORM_PLACES = 4;
/** A text of fewer words between marks is no running text; so many of it make an article where nothing says more. */
const RUNNING = { words: 12, share: 0.5, points: 3 } as const;
/** Bills are short: in a longer text their words mean something else, and count so much less. */
const BILL = { words: 450, less: 0.4 } as const;
/** Evidence for a kind that nobody asked about, or for none: what "other" has from the start, and what keeps weak evidence from being sure. */
const DOUBT = 4;
const TOTAL_SURE = 6;

/**
 * The kind of a document among some labels (by default among ours), by the words that stand on its kind in several languages, its title and what it
 * shows. A label of the caller's is matched by its own words, and by what is known of the kind it names. Confidences are shares of the evidence.
 */
export function classify(
  rows: readonly Row[],
  shape: Shape,
  labels: readonly string[] = DEFAULT_KINDS,
): ClassifyResult {
  const text = spaced(rows.map((row) => row.text).join(' \n '));
  const title = spaced(shape.title);
  const signs = signsOf(rows, shape);
  const isLong = text.split(' ').length > BILL.words;
  const points = labels.map((label) => {
    const kind = kindNamed(label);
    const less = isLong && (kind === 'receipt' || kind === 'invoice') ? BILL.less : 1;
    const known = kind === undefined ? 0 : less * (evidenceFor(kind, text, title) + (signs.get(kind) ?? 0));
    const own = DEFAULT_KINDS.includes(label) ? 0 : ownEvidence(label, text, title);
    return { label, points: isOther(label) ? DOUBT : known + own };
  });
  const hasOther = labels.some(isOther);
  const sum = points.reduce((all, one) => all + one.points, 0);
  const doubt = hasOther ? 0 : DOUBT;
  const candidates = points
    .map(({ label, points: own }) => ({ label, confidence: rounded((own + doubt / labels.length) / (sum + doubt)) }))
    .toSorted((a, b) => b.confidence - a.confidence);
  return { ...candidates[0]!, candidates };
}

type KindName = keyof typeof KINDS;

function evidenceFor(name: KindName, text: string, title: string): number {
  const { names, telling, usual } = KINDS[name];
  return (
    POINTS.telling * count(text, telling) +
    POINTS.usual * Math.min(count(text, usual), 6) +
    (count(title, names) > 0 ? POINTS.title : 0)
  );
}

function ownEvidence(label: string, text: string, title: string): number {
  const words = contentWords(label);
  const all = words.length > 0 ? words : [label.toLowerCase()];
  const share = (print: string): number => all.filter((word) => holds(print, word)).length / all.length;
  return POINTS.own * share(text) + POINTS.ownTitle * share(title);
}

/** Signs that need no words: check digits, places to fill, a labelled total, running text. */
function signsOf(rows: readonly Row[], { places }: Shape): ReadonlyMap<KindName, number> {
  const signs = new Map<KindName, number>();
  const texts = rows.map(({ text }) => text);
  const hasZone = texts.some((_, at) => findMrz(texts.slice(at, at + 3)) !== undefined);
  const hasChineseId = texts.some((text) => findIdentifiers(text).some(({ kind }) => kind === 'chinese-id'));
  if (hasZone) signs.set('identity document', SIGN * 2);
  else if (hasChineseId && rows.length < 15) signs.set('identity document', SIGN / 2);
  if (places >= FORM_PLACES) signs.set('form', SIGN);
  if ((findTotals(rows)[0]?.points ?? 0) >= TOTAL_SURE) {
    signs.set('receipt', POINTS.telling);
    signs.set('invoice', POINTS.telling);
  }
  const running = texts.filter(
    (text) => text.split(' ').length >= RUNNING.words || /\p{Script=Han}{20}/u.test(text),
  ).length;
  if (texts.length > 10 && running / texts.length > RUNNING.share) signs.set('article', RUNNING.points);
  return signs;
}

function kindNamed(label: string): KindName | undefined {
  const wanted = spaced(label);
  const kinds = Object.entries(KINDS) as [KindName, (typeof KINDS)[KindName]][];
  const exact = kinds.find(([, { names }]) => names.split('|').some((name) => spaced(name) === wanted));
  return (exact ?? kinds.find(([, { names }]) => count(wanted, names) > 0))?.[0];
}

function isOther(label: string): boolean {
  return /^(?:other|none|unknown|misc|其他|sonstiges|autre)$/i.test(label.trim());
}

function count(text: string, phrases: string): number {
  return phrases.split('|').filter((phrase) => holds(text, phrase)).length;
}

/** Words of Latin script count whole; Chinese has no spaces to go by. */
function holds(text: string, phrase: string): boolean {
  return /\p{Script=Han}/u.test(phrase) ? text.replaceAll(' ', '').includes(phrase) : text.includes(spaced(phrase));
}

function spaced(text: string): string {
  return ` ${text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()} `;
}

/** To a thousandth. */
function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}
