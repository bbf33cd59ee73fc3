import { expect, test } from '@jest/globals';
import { type Character, decodeSteps } from './decode.ts';
import { openLexicon } from './lexicon.ts';
import { splitWords } from './spaces.ts';
import { settleSpelling } from './spelling.ts';

const alphabet = ['', ...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789|!$&(),.-', 'fi', '票', ' '];
const lexicon = openLexicon([
  ['house', 'field', 'total', 'xor'],
  ['privileged', 'receipt', 'paid'],
  ['horse'],
  ['gouse'],
]);

/** Probabilities of a step; the rest is nothing's. */
type Step = Readonly<Record<string, number>>;

const SURE = 0.995;

/** A step for each letter, and one of nothing behind it. */
function print(text: string, probability = SURE): Step[] {
  return [...text].flatMap((letter) => [{ [letter]: probability }, {}]);
}

function posteriorsOf(steps: readonly Step[]) {
  const rows = steps.map((step) => {
    const rest = 1 - Object.values(step).reduce((sum, probability) => sum + probability, 0);
    return alphabet.map((text) => (text === '' ? rest : (step[text] ?? 0)));
  });
  return { output: { data: Float32Array.from(rows.flat()), dims: [1, rows.length, alphabet.length] }, alphabet };
}

function settle(steps: readonly Step[], words = openLexicon([[], []])): Character[][] {
  const posteriors = posteriorsOf(steps);
  const read = splitWords(decodeSteps(posteriors.output, alphabet));
  return settleSpelling(read, posteriors, () => words);
}

function settled(steps: readonly Step[], words = lexicon): string {
  return settle(steps, words)
    .map((word) => word.map(({ text }) => text).join(''))
    .join(' ');
}

test('a word that is none becomes the one that the recogniser thought of too', () => {
  expect(settled([...print('priv'), { i: 0.4 }, ...print('leged')])).toBe('privileged');
  expect(settled([...print('re'), { g: 0.6, c: 0.3 }, ...print('eipt')])).toBe('receipt');
});

test('in capitals, with a capital, and in small letters, as it was read', () => {
  expect(settled([...print('PRIV'), { I: 0.4, i: 0.1 }, ...print('LEGED')])).toBe('PRIVILEGED');
  expect(settled([...print('Priv'), { I: 0.1, i: 0.4 }, ...print('leged')])).toBe('Privileged');
  expect(settled([{ P: 0.6, p: 0.39 }, ...print('aud'.slice(0, 1)), { u: 0.6, i: 0.3 }, ...print('d')])).toBe('Paid');
  expect(settled([{ p: 0.3, P: 0.6 }, ...print('RI'), { V: 0.9 }, { I: 0.4 }, ...print('LEGED')])).toBe('PRIVILEGED');
});

test('what was surely read stays, whether it is a word or not', () => {
  expect(settled([...print('priv', 0.999), { i: 0.02 }, ...print('leged', 0.999)])).toBe('privleged');
});

test('words stay, also those that nothing is taken for', () => {
  expect(settled([{ g: 0.6, h: 0.4 }, ...print('ouse')])).toBe('gouse');
  expect(settled([...print('ho'), { r: 0.55, u: 0.45 }, ...print('se')])).toBe('horse');
});

test('what the recogniser hardly thought of stays away', () => {
  expect(settled([...print('hc', 0.9), { x: 0.8, u: 0.0001 }, ...print('se', 0.9)])).toBe('hcxse');
  expect(settled([...print('priv', 0.9), { i: 0.0005 }, ...print('leged', 0.9)])).toBe('privleged');
});

test('the shorter a word, the nearer it must come to what was read', () => {
  expect(settled([...print('h'), { x: 0.8, o: 0.02 }, ...print('use')])).toBe('house');
  expect(settled([...print('h'), { x: 0.8, o: 0.01 }, ...print('use')])).toBe('hxuse');
  expect(settled([...print('rec'), { x: 0.8, e: 0.007 }, ...print('ipt')])).toBe('recxipt');
  expect(settled([...print('pr'), { x: 0.8, i: 0.007 }, ...print('vileged')])).toBe('privileged');
});

test('a rarer word loses to a common one that is a little less probable', () => {
  const steps = [...print('ho'), { x: 0.5, u: 0.2, r: 0.25 }, ...print('se')];
  expect(settled(steps)).toBe('house');
  expect(settled(steps, openLexicon([['house', 'horse'], []]))).toBe('horse');
});

test('a word of few letters, or too short, is none', () => {
  expect(settled([...print('x'), { '0': 0.6, o: 0.4 }, ...print('1'), ...print('2r')])).toBe('x012r');
  expect(settled([{ h: 0.6, x: 0.4 }, ...print('o')])).toBe('ho');
});

test('what is read for a letter is a part of the word, and a number behind it makes it a code', () => {
  expect(settled([...print('pa'), { '1': 0.6, i: 0.3 }, ...print('d')])).toBe('paid');
  expect(settled([...print('tota'), { '|': 0.6, l: 0.3 }])).toBe('total');
  expect(settled([...print('tota'), { i: 0.6, l: 0.3 }, {}, ...print('2')])).toBe('totai2');
});

test('punctuation around a word stays, and what is within it keeps the word as it is', () => {
  const word = [...print('priv'), { i: 0.4 }, ...print('leged')];
  expect(settled([...print('('), ...word, ...print('),')])).toBe('(privileged),');
  expect(settled([...print('a-'), ...word])).toBe('a-privleged');
});

test('the other words of a line, and those of other scripts, stay', () => {
  expect(
    settled([
      ...print('QZ'),
      { ' ': SURE },
      ...print('priv'),
      { i: 0.4 },
      ...print('leged'),
      { ' ': SURE },
      ...print('票'),
    ]),
  ).toBe('QZ privileged 票');
});

test('a class of two characters leaves its word alone', () => {
  expect(settled([{ fi: 0.9, f: 0.05 }, { i: 0.05 }, { e: 0.4 }, ...print('ld')])).toBe('fild');
  expect(settled([...print('fi'), { e: 0.4 }, ...print('ld')])).toBe('field');
});

test('a letter that was lost at an end of the line is found beside it, and not far from it', () => {
  expect(settled([{ r: 0.4 }, {}, {}, ...print('eceipt')])).toBe('receipt');
  expect(settled([{ r: 0.4 }, {}, {}, {}, {}, {}, ...print('eceipt')])).toBe('eceipt');
  expect(settled([...print('receip'), {}, { t: 0.4 }])).toBe('receipt');
});

test('a letter that was lost between two words is found by the nearer one', () => {
  expect(settled([...print('QZ'), { ' ': SURE }, {}, {}, { r: 0.4 }, ...print('eceipt')])).toBe('QZ receipt');
  expect(settled([...print('QZ'), { r: 0.4 }, {}, {}, { ' ': SURE }, {}, {}, ...print('eceipt')])).toBe('QZ eceipt');
});

test('what other forms were made of, and no path spells, stays', () => {
  const posteriors = posteriorsOf([{ '(': 0.9 }, { x: 0.9 }, { o: 0.9, r: 0.01 }, { '0': 0.9, r: 0.01 }, { ')': 0.9 }]);
  const word = decodeSteps(posteriors.output, alphabet).map((one) => (one.text === '0' ? { ...one, text: 'o' } : one));
  const [same] = settleSpelling([word], posteriors, () => lexicon);
  expect(same?.map(({ text }) => text).join('')).toBe('(xoo)');
});

test('the new letters lie where the old ones did, as probable as they were together, behind the same space', () => {
  const word = [...print('priv', 0.9), { i: 0.4 }, ...print('leged', 0.9)];
  const [, found] = settle([...print('QZ'), { ' ': 0.9 }, ...word], lexicon);
  expect(found).toHaveLength(10);
  expect(found![0]).toMatchObject({ text: 'p', firstStep: 5, spaceBefore: 1 });
  expect(found![9]).toMatchObject({ text: 'd', lastStep: 5 + 17, spaceBefore: 0 });
  expect(found!.every(({ probability }) => Math.abs(probability - 0.9) < 1e-6)).toBe(true);
  expect(found!.every((one, at) => at === 0 || one.firstStep > found![at - 1]!.lastStep)).toBe(true);
});

test('no words are none', () => {
  expect(settle([], lexicon)).toEqual([]);
});
