import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '@docusnap/contracts/errors';
import { expect, test } from '@jest/globals';
import { ERRORS_ZH } from '../api/errors-zh.ts';
import { language } from './language.ts';

const SRC = join(import.meta.dirname, '..');
const rooms = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => /(^|\/)words\.ts$/.test(path));

/** Names of formats, of products and of units are the same everywhere. */
const SAME_EVERYWHERE =
  /^(JSON|JSON Schema|Markdown|hOCR|ALTO|TSV|CSV|PostgreSQL|Node\.js|ID|URL|DocuSnap|API|[\d\s%/:.,—–·-]*)$/;

/** Every sentence of some words, by its path; what takes something is asked with a number and a name. */
function sentences(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') return [[here, String(value(2, 3, 4))]];
    return typeof value === 'object' && value !== null ? sentences(value, here) : [];
  });
}

test.each(rooms)('the words of %s are there in both languages, and each in its own', async (room) => {
  const { words } = (await import(join(SRC, room))) as { words: () => object };
  language.value = 'en';
  const english = sentences(words());
  language.value = 'zh';
  const chinese = new Map(sentences(words()));
  language.value = 'en';
  expect(english.length).toBeGreaterThan(0);
  expect([...chinese.keys()]).toEqual(english.map(([path]) => path));
  for (const [path, sentence] of english) {
    expect([path, sentence]).toEqual([path, expect.not.stringMatching(/\p{Script=Han}|undefined/u)]);
    if (SAME_EVERYWHERE.test(chinese.get(path) ?? '')) continue;
    expect([path, chinese.get(path)]).toEqual([path, expect.stringMatching(/\p{Script=Han}/u)]);
  }
});

test('every error has a sentence in Chinese', () => {
  expect(new Set(Object.keys(ERRORS_ZH))).toEqual(new Set(Object.keys(ERRORS)));
  for (const sentence of Object.values(ERRORS_ZH)) expect(sentence).toMatch(/^.*\p{Script=Han}.*。$/u);
});
