import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { startCrew } from './contender/crew.ts';
import { ourEngine } from './ours.ts';
import { editDistance, type Scores, score } from './score.ts';

const SHARED = fileURLToPath(new URL('../../../../shared/eval/', import.meta.url));

const sensitive = { ignoreCase: false };

test('words count wherever they stand, pairs only inside their line, and the edit distance follows the order', () => {
  const { total } = score([{ name: 'a', truth: ['ab cd', 'ef'], said: ['ef', 'ab ce'] }], sensitive);
  // Words: ab, ef of 3 and 3. Pairs: ab, bc, cd, ef against ef, ab, bc, ce. "ab cd ef" against "ef ab ce": two for one.
  expect(total.wordF1).toBeCloseTo(4 / 6, 10);
  expect(total.pairF1).toBeCloseTo(6 / 8, 10);
  expect(total.cer).toBeCloseTo(editDistance('ab cd ef', 'ef ab ce') / 8, 10);
});

test('what was said twice and printed once counts once', () => {
  const { total } = score([{ name: 'a', truth: ['no'], said: ['no no'] }], sensitive);
  expect(total.wordF1).toBeCloseTo(2 / 3, 10);
});

test('full-width letters, white space and, where asked, case do not matter', () => {
  const page = { name: 'a', truth: ['TOTAL  12'], said: ['Ｔotal\t12'] };
  expect(score([page], { ignoreCase: true }).total).toEqual({ wordF1: 1, pairF1: 1, cer: 0 });
  expect(score([page], sensitive).total.wordF1).toBeCloseTo(0.5, 10);
});

test('a page without text that was read as one without text is right, and one read as something is wrong', () => {
  expect(score([{ name: 'a', truth: [], said: [] }], sensitive).total).toEqual({ wordF1: 1, pairF1: 1, cer: 0 });
  expect(score([{ name: 'a', truth: [], said: ['x'] }], sensitive).total.wordF1).toBe(0);
});

test('the edit distance counts insertions, deletions and replacements, in characters', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('abc', '')).toBe(3);
  expect(editDistance('😀b', 'b')).toBe(1);
});

/** Small pages of two kinds, to be read in some seconds; one more is left unread. */
const PAGES = { 'receipts-en': 2, 'screens-zh': 2 } as const;

const compare = 'figures of real predictions equal those of the reference scorer, to the last digit';
if (existsSync(join(SHARED, 'score.mjs'))) {
  test(compare, async () => {
    const folder = await temporaryFolder('score');
    const crew = await startCrew(ourEngine('accurate', 1), 1);
    try {
      const [truth, said] = [join(folder.path, 'truth'), join(folder.path, 'said')];
      await Promise.all([mkdir(truth), mkdir(said)]);
      const pages: { name: string; truth: string[]; said: string[] }[] = [];
      for (const [set, count] of Object.entries(PAGES)) {
        const images = readdirSync(join(SHARED, 'dev', set)).filter((file) => extname(file) !== '.json');
        for (const [index, file] of images.slice(0, count + 1).entries()) {
          const name = basename(file, extname(file));
          const truthFile = join(SHARED, 'dev', set, `${name}.json`);
          await copyFile(truthFile, join(truth, `${name}.json`));
          const lines =
            index === count ? null : await read(join(SHARED, 'dev', set, file), join(folder.path, 'page.tif'));
          if (lines !== null) await writeFile(join(said, `${name}.json`), JSON.stringify({ lines }));
          const texts = (JSON.parse(readFileSync(truthFile, 'utf8')) as { lines: { text: string }[] }).lines;
          pages.push({
            name: `${name}.json`,
            truth: texts.map(({ text }) => text),
            said: (lines ?? []).map(({ text }) => text),
          });
        }
      }
      expect(pages.some((page) => page.said.length > 5)).toBe(true);
      for (const ignoreCase of [false, true]) {
        const expected = reference(truth, said, ignoreCase);
        const ours = score(pages, { ignoreCase });
        expect(ours.total).toEqual(pick(expected.total));
        for (const page of ours.pages) {
          const { name, ...scores } = page;
          expect(scores).toEqual(pick(expected.pages.find((one) => one.name === name)!));
        }
      }
    } finally {
      await crew.stop();
      await folder.remove();
    }

    async function read(image: string, path: string) {
      const [lines] = await crew.share([image], async (process) => {
        const page = await process.ask({ kind: 'decode', image, turn: 0, path });
        return (await process.ask({ kind: 'read', page })).lines;
      });
      if (lines instanceof Error || lines === undefined) throw lines;
      return lines;
    }
  });
} else {
  process.stderr.write(`not run: ${compare}: ${SHARED} is not here\n`);
}

function reference(
  truth: string,
  said: string,
  ignoreCase: boolean,
): { total: Scores; pages: (Scores & { name: string })[] } {
  const flags = ['--ordered', '--json', ...(ignoreCase ? ['--ignore-case'] : [])];
  const script = join(SHARED, 'score.mjs');
  return JSON.parse(execFileSync(process.execPath, [script, truth, said, ...flags], { encoding: 'utf8' }));
}

function pick({ wordF1, pairF1, cer }: Scores): Scores {
  return { wordF1, pairF1, cer };
}
