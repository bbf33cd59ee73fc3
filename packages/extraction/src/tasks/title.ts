import { GAP_MARK, partsOf } from '../layout/phrases.ts';
import type { Row } from '../layout/rows.ts';
import { splitLabels } from '../rules/label-text.ts';

/** A heading is as large as this beside the usual print, and no paragraph. */
const LARGER = 1.2;
const MOST_LETTERS = 90;
const MOST_WORDS = 14;
const FEWEST_LETTERS = 3;
const FEWEST_HAN = 2;
/** Lines of one heading are as large as each other but for this part, and so near, in heights. */
const SAME_SIZE = 0.25;
const NEXT_LINE = 2;
const MOST_LINES = 3;
/** A heading lower on the page counts less: at the foot by so many heights of print. */
const LOWER = 1.2;
/** A title has nothing beside it, as headings of columns have. */
const BESIDE = 0.4;
/** Numbers are rarely in a title. */
const DIGITS = 0.4;
const SURE = 0.6;
/** What headings of forms and documents say. */
const NAMES_A_KIND =
  /(?<!\p{L})(?:form|application|request|report|invoice|receipt|statement|agreement|contract|certificate|questionnaire|registration|memorandum|notice|antrag|formular|rechnung|quittung|vertrag|bericht|bescheinigung|anmeldung|demande|formulaire|facture|contrat|rapport|attestation|certificat|reçu)(?!\p{L})|(?:表|申请书|发票|收据|合同|协议|报告|证明|通知|证书)$/iu;
const KIND_POINTS = 0.6;

/** What stands largest on a document's first page: its title as printed, cleaned; undefined where nothing is like one. */
export function findTitle(rows: readonly Row[]): { readonly text: string; readonly row: Row } | undefined {
  const page = rows.filter((row) => row.page === rows[0]?.page);
  const usual = usualHeight(page);
  const foot = page.at(-1)?.middle ?? 1;
  const headings = page.flatMap((row, at) =>
    partsOf(row.pieces).flatMap(({ text, pieces }) => {
      const height = Math.max(...pieces.map((piece) => piece.height));
      const confidence = Math.min(...pieces.map(({ line }) => line.confidence));
      const print = cleaned(text);
      const isHeading = isLikeTitle(print) && confidence >= SURE;
      const kind = NAMES_A_KIND.test(print) ? KIND_POINTS : 0;
      if (!isHeading || (height < usual * LARGER && kind === 0)) return [];
      const points =
        height / usual +
        kind -
        (LOWER * row.middle) / foot -
        (/\d/.test(print) ? DIGITS : 0) -
        (row.pieces.length > pieces.length ? BESIDE : 0);
      return [
        {
          text: print,
          row,
          at,
          height,
          points,
          alone: row.pieces.length === pieces.length && height >= usual * LARGER,
        },
      ];
    }),
  );
  const [best] = headings.toSorted((a, b) => b.points - a.points);
  if (!best) return undefined;
  const text = best.alone ? [best.text, ...linesBelow(page, best)].join(joint(best.text)) : best.text;
  return { text: isLikeTitle(text) ? text : best.text, row: best.row };
}

/** The lines a heading goes on in. */
function linesBelow(page: readonly Row[], { at, height }: { readonly at: number; readonly height: number }): string[] {
  const lines: string[] = [];
  for (const row of page.slice(at + 1, at + MOST_LINES)) {
    const isSame =
      Math.abs(row.height / height - 1) < SAME_SIZE &&
      row.middle - page[at + lines.length]!.middle < NEXT_LINE * height;
    if (!isSame || row.pieces.length > 1 || !isLikeTitle(cleaned(row.text))) break;
    lines.push(cleaned(row.text));
  }
  return lines;
}

function joint(text: string): string {
  return /\p{Script=Han}$/u.test(text) ? '' : ' ';
}

function isLikeTitle(text: string): boolean {
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  const fewest = /\p{Script=Han}/u.test(text) ? FEWEST_HAN : FEWEST_LETTERS;
  const isLabelled = splitLabels(text).some(({ value }) => value !== '') || /[:：]$/.test(text);
  return (
    letters >= fewest &&
    letters * 2 >= text.replace(/\s/g, '').length &&
    text.length <= MOST_LETTERS &&
    text.split(' ').length <= MOST_WORDS &&
    !isLabelled &&
    !/^\p{Ll}/u.test(text)
  );
}

function cleaned(text: string): string {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  // A banner says its one word over and over.
  if (words.length > 2 && new Set(words).size === 1) return words[0]!;
  return text
    .replaceAll(GAP_MARK, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/^[^\p{L}\p{N}(《【]+|[^\p{L}\p{N})》】?!]+$/gu, '');
}

/** The height that most print has, by its letters. */
function usualHeight(page: readonly Row[]): number {
  const sized = page
    .map(({ height, text }) => ({ height, letters: text.length }))
    .toSorted((a, b) => a.height - b.height);
  const half = sized.reduce((sum, { letters }) => sum + letters, 0) / 2;
  let passed = 0;
  return (
    sized.find(({ letters }) => {
      passed += letters;
      return passed >= half;
    })?.height ?? 1
  );
}
