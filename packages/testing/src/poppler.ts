import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './folders.ts';

const run = promisify(execFile);

/** A word and where it lies: left, top, right, bottom, in points of what is shown, y down. */
export interface FoundWord {
  readonly word: string;
  readonly box: readonly number[];
}

/** The words of a PDF as poppler finds them, page by page, in the order in which they are written. */
export async function wordsOfPdf(pdf: Uint8Array): Promise<string[][]> {
  const text = await withFile(pdf, async (path) => (await run('pdftotext', ['-raw', path, '-'])).stdout);
  return text
    .split('\f')
    .slice(0, -1)
    .map((page) => page.split(/\s+/).filter((word) => word !== ''));
}

/** All words of a PDF with their boxes, as poppler finds them. */
export async function boxesOfPdf(pdf: Uint8Array): Promise<FoundWord[]> {
  const html = await withFile(pdf, async (path) => (await run('pdftotext', ['-bbox', '-cropbox', path, '-'])).stdout);
  return [...html.matchAll(/<word xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)" yMax="([^"]+)">([^<]*)<\/word>/g)].map(
    ([, left, top, right, bottom, word = '']) => ({ word, box: [left, top, right, bottom].map(Number) }),
  );
}

/** What poppler draws of a page, from 1, as a PNG of one pixel a point. */
export function drawPdf(pdf: Uint8Array, page = 1): Promise<Buffer> {
  return withFile(pdf, async (path, folder) => {
    const out = join(folder, 'page');
    await run('pdftoppm', ['-r', '72', '-f', String(page), '-l', String(page), '-singlefile', '-png', path, out]);
    return readFile(`${out}.png`);
  });
}

const PDF_JS = `
  import { readFileSync } from 'node:fs';
  import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
  const pdf = await getDocument({ data: new Uint8Array(readFileSync(process.argv[1])), verbosity: 0 }).promise;
  const texts = [];
  for (let page = 1; page <= pdf.numPages; page += 1) {
    const { items } = await (await pdf.getPage(page)).getTextContent();
    texts.push(items.map((item) => item.str + (item.hasEOL ? ' ' : '')).join(''));
  }
  console.log(JSON.stringify(texts));`;

/** The text of each page as pdf.js finds it; it runs in a process of its own, since it changes globals. */
export async function textsOfPdfJs(pdf: Uint8Array): Promise<string[]> {
  return withFile(pdf, async (path) => {
    const options = { cwd: import.meta.dirname };
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', PDF_JS, path], options);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]');
  });
}

async function withFile<T>(bytes: Uint8Array, use: (path: string, folder: string) => Promise<T>): Promise<T> {
  const folder = await temporaryFolder('pdf');
  try {
    const path = join(folder.path, 'file.pdf');
    await writeFile(path, bytes);
    return await use(path, folder.path);
  } finally {
    await folder.remove();
  }
}
