import { findTool, wordsOfPdf } from '@docusnap/testing';
import type { Page } from 'playwright-core';
import { digitalPdf } from '../documents/pdfs.ts';
import { dropFile } from './drop.ts';
import { blankForm, letterOfFacts, sample } from './papers.ts';
import type { Story } from './story.ts';

const UNDERSTOOD_MS = 60_000;

/** What documents say, with where they say it. */
export const UNDERSTAND_STORIES: readonly Story[] = [
  {
    name: 'understand: a new file gives its key facts, and each leads to where it stands',
    play: async ({ page, language, open, say, picture, expect }) => {
      await open('/understand');
      await page.getByRole('radio', { name: say('Key facts', '要点') }).check();
      await dropFile(page, { name: `facts-${language}.jpg`, type: 'image/jpeg', bytes: await sample() });
      const result = page.locator('.result');
      await result.waitFor({ timeout: UNDERSTOOD_MS });
      const value = result.locator('.values li', { hasText: '2024-01873' }).first();
      await value.getByRole('button').click();
      await page.locator('svg.picture .mark.field.chosen').waitFor({ state: 'attached' });
      expect(await isSeen(page, '.mark.field.chosen'), 'The place of the value did not come into view.');
      await page.waitForTimeout(600);
      await picture('facts');
      // The other way round: what is marked on the page is chosen there.
      const other = page.locator('svg.picture .mark.field:not(.chosen)').first();
      await other.click();
      expect((await result.locator('.values li.chosen').count()) === 1, 'A place that was clicked chose no value.');
    },
  },
  {
    name: 'understand: fields of one’s own are put together, and each value shows its proof',
    play: async ({ page, language, read, open, say, picture, expect }) => {
      const id = await read({ name: `fields-${language}.jpg`, bytes: await sample() });
      await open(`/understand/${id}`);
      await page.getByRole('radio', { name: say('Fields of my own', '自定字段') }).check();
      await page.getByRole('button', { name: say('Invoice', '发票'), exact: true }).click();
      await page
        .getByRole('button', { name: say('Add a field', '添加字段'), exact: true })
        .last()
        .click();
      await page.getByRole('button', { name: say('Understand', '开始理解'), exact: true }).click();
      await page.getByText(say('It needs a name.', '需要一个名称。')).waitFor();
      await page.getByLabel(say('Name', '名称'), { exact: true }).last().fill('order_ref');
      await picture('field-editor');
      await page.getByText(say('As JSON Schema', 'JSON Schema')).first().click();
      const schema = await page.getByLabel('JSON Schema', { exact: true }).last().inputValue();
      const { properties, required } = JSON.parse(schema);
      expect(properties.order_ref?.type === 'string' && properties.items?.items?.type === 'object', schema);
      expect(required.includes('total'), 'What must be there is not in the schema.');
      await page.getByRole('button', { name: say('Understand', '开始理解'), exact: true }).click();
      const total = page.locator('.values li[data-path="total"]');
      await total.getByText('248.27').first().waitFor({ timeout: UNDERSTOOD_MS });
      await total.getByText('%').waitFor();
      await total.getByRole('button').click();
      expect(await isSeen(page, '.mark.field.chosen'), 'The total did not come into view.');
      await picture('own-fields');
    },
  },
  {
    name: 'understand: a value that no page says is marked',
    languages: ['en'],
    play: async ({ page, read, open, say }) => {
      const id = await read({ name: 'unproven.jpg', bytes: await sample() }, { task: 'doc' });
      // The built-in rules take values from the page only; a language model may conclude one.
      await page.route('**/extractions', async (route) => {
        const answer = await (await route.fetch()).json();
        const [path] = Object.keys(answer.extraction.fields);
        Object.assign(answer.extraction.fields[path as string], { grounded: false, evidence: [], confidence: 0 });
        await route.fulfill({ json: answer });
      });
      await open(`/understand/${id}`);
      await page.locator('.values .badge', { hasText: say('Not found on any page', '页面上找不到') }).waitFor();
    },
  },
  {
    name: 'understand: a document is told its kind, of the usual ones or of one’s own',
    play: async ({ page, language, read, open, say, picture }) => {
      const id = await read({ name: `kind-${language}.jpg`, bytes: await sample() });
      await open(`/understand/${id}`);
      await page.getByRole('radio', { name: say('What kind it is', '属于哪一类') }).check();
      await page.getByRole('button', { name: say('Understand', '开始理解'), exact: true }).click();
      await page.locator('.kind .big', { hasText: say('Invoice', '发票') }).waitFor({ timeout: UNDERSTOOD_MS });
      await page.locator('summary', { hasText: say('Ask something else', '换个问题') }).click();
      await page.getByRole('radio', { name: say('What kind it is', '属于哪一类') }).check();
      await page.getByLabel(say('Kinds to choose from', '可选的类别')).fill('passport\nbill');
      await page.getByRole('button', { name: say('Understand', '开始理解'), exact: true }).click();
      await page.locator('.kind .big', { hasText: 'bill' }).waitFor({ timeout: UNDERSTOOD_MS });
      await picture('kind');
    },
  },
  {
    name: 'understand: a form is filled from a document and by hand, seen before, and saved as a PDF',
    play: async ({ page, language, url, key, read, open, say, picture, expect }) => {
      const source = `facts-of-anna-${language}.png`;
      await read({ name: source, bytes: await letterOfFacts() }, { task: 'doc' });
      await open('/understand');
      await page.getByRole('radio', { name: say('Fill a form', '填写表单') }).check();
      await dropFile(page, { name: `form-${language}.png`, type: 'image/png', bytes: await blankForm() });
      const fill = page.getByRole('region', { name: say('Fill it', '填写') });
      await fill.waitFor({ timeout: UNDERSTOOD_MS });
      await fill.locator('summary', { hasText: say('Take values from', '从这些文件取值') }).click();
      await fill.getByLabel(source).first().check();
      await fill.getByRole('button', { name: say('Look values up', '查找可填的值') }).click();
      await page.waitForFunction(() =>
        [...document.querySelectorAll('.fill input')].some((input) => (input as HTMLInputElement).value === 'Eriksson'),
      );
      await fill.getByLabel('Occupation').fill('Beekeeper');
      await page.locator('svg.picture text.ink', { hasText: 'Eriksson' }).waitFor({ state: 'attached' });
      await page.locator('svg.picture text.ink', { hasText: 'Beekeeper' }).waitFor({ state: 'attached' });
      await picture('filled-form');
      await fill.getByRole('button', { name: say('Make the filled PDF', '生成填好的 PDF') }).click();
      const link = fill.getByRole('link', { name: say('Open the filled PDF', '打开填好的 PDF') });
      await link.waitFor({ timeout: UNDERSTOOD_MS });
      const answer = await fetch(`${url}${await link.getAttribute('href')}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      expect(answer.headers.get('content-type') === 'application/pdf', `The filled PDF is ${answer.status}`);
      if (findTool('pdftotext') === null) return;
      const written = (await wordsOfPdf(new Uint8Array(await answer.arrayBuffer()))).flat();
      for (const word of ['Eriksson', 'Beekeeper']) expect(written.includes(word), `${word} is not in the PDF.`);
    },
  },
  {
    name: 'understand: a value of a long document leads to a page that was far away',
    languages: ['en'],
    play: async ({ page, read, open, expect }) => {
      const schema = { type: 'object', properties: { page_40: { type: 'string', description: 'Page 40' } } };
      const id = await read(
        { name: 'far.pdf', bytes: digitalPdf(40, 9) },
        { task: 'extract', schema: JSON.stringify(schema) },
      );
      await page.route('**/extractions', async (route) => {
        const answer = await (await route.fetch()).json();
        const quad = [
          [60, 60],
          [160, 60],
          [160, 80],
          [60, 80],
        ];
        const evidence = [{ page: 40, lines: [0], words: [], quad, quote: 'Page 40', match: 'exact' }];
        answer.extraction.fields = {
          far: { value: 'Page 40', normalized: null, confidence: 0.9, grounded: true, evidence },
        };
        await route.fulfill({ json: answer });
      });
      await open(`/understand/${id}`);
      await page.locator('.values li').getByRole('button').click();
      await page.locator('#page-40 svg.picture').waitFor({ timeout: UNDERSTOOD_MS });
      await page.waitForTimeout(1_500);
      expect(await isSeen(page, '#page-40 .mark.field.chosen'), 'Page 40 did not come into view.');
    },
  },
];

/** Whether something is within the window, after what moves has come to rest. */
async function isSeen(page: Page, selector: string): Promise<boolean> {
  await page.waitForTimeout(1_000);
  const box = await page.locator(selector).first().boundingBox();
  const window = page.viewportSize();
  return box !== null && window !== null && box.y >= 0 && box.y + box.height <= window.height;
}
