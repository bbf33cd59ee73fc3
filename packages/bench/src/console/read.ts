import { makePdf } from '@docusnap/testing';
import { digitalPdf, scannedPdf } from '../documents/pdfs.ts';
import { dropFile } from './drop.ts';
import { sample, scannedPages, turnedSample } from './papers.ts';
import type { Story } from './story.ts';

/** Milliseconds that reading may take on a machine that does much else. */
const READ_MS = 300_000;
/** So much of the sample says that it is a JPEG, and shows nothing. */
const TORN_BYTES = 700;
const DAMAGED = Buffer.from('%PDF-1.7\nnothing that a PDF has');

/** Documents put in and looked at. */
export const READ_STORIES: readonly Story[] = [
  {
    name: 'read: the sample is read, and what is pointed at in its text is shown on the page, and back',
    play: async ({ page, open, say, picture, expect }) => {
      await open('/read');
      await page.getByRole('button', { name: say('Try the sample', '试试示例') }).click();
      const text = page.locator('section.text');
      const line = text.locator('.line', { hasText: /\bStationers\b/ }).first();
      await line.waitFor({ timeout: READ_MS });
      await page.locator('svg.picture image').waitFor();
      // A line that the pointer comes to gets its words.
      await line.hover();
      await line.locator('[data-place]', { hasText: /^Stationers$/ }).hover();
      await page.locator('svg.picture .pointed-word').waitFor({ state: 'attached' });
      await picture('read-sample');
      // Where the word is marked on the page, the page is pointed at: the text shows the same word.
      const mark = await page.locator('svg.picture .pointed-word').boundingBox();
      await page.mouse.move(5, 5);
      await page.locator('svg.picture .pointed-word').waitFor({ state: 'detached' });
      if (!mark) throw new Error('The word that is pointed at has no place on the page.');
      await page.mouse.move(mark.x + mark.width / 2, mark.y + mark.height / 2);
      const back = await text.locator('.line > .pointed').textContent();
      expect(back === 'Stationers', `The page showed ${back} for the word Stationers.`);
    },
  },
  {
    name: 'read: by keyboard alone the text is gone through line by line and word by word, and is read out',
    play: async ({ page, language, read, open, expect }) => {
      const id = await read({ name: `keys-${language}.jpg`, bytes: await sample() });
      await open(`/read/${id}`);
      await page.locator('section.text').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      // Marked with the next frame.
      await page.locator('section.text .line > .pointed', { hasText: /^Quayside$/ }).waitFor();
      const said = await page.getByRole('status').first().textContent();
      expect(said?.includes('Quayside') === true, `${said} was said.`);
      await page.locator('svg.picture .pointed-word').waitFor({ state: 'attached' });
      await page.keyboard.press('Escape');
      await page.locator('svg.picture .pointed-line').waitFor({ state: 'detached' });
    },
  },
  {
    name: 'read: a turned photograph is shown upright, with a note, and as it came when asked',
    play: async ({ page, language, read, open, say, picture, expect }) => {
      const id = await read({ name: `turned-${language}.jpg`, bytes: await turnedSample() });
      await open(`/read/${id}`);
      await page.getByText(say('This page came turned by 9', '这一页原本转了 9')).waitFor();
      const shape = async () => {
        const box = await page.locator('svg.picture').boundingBox();
        return box ? box.height / box.width : 0;
      };
      expect((await shape()) > 1, 'The page is not shown upright.');
      await picture('turned');
      await page.getByRole('button', { name: say('Show as it came', '按原样显示') }).click();
      expect((await shape()) < 1, 'The page is not shown as it came.');
      await page.locator('.turned img').waitFor();
    },
  },
  {
    name: 'read: what was found is drawn over the page as asked, the page grows and turns',
    play: async ({ page, language, read, open, say, picture, expect }) => {
      const id = await read({ name: `layers-${language}.jpg`, bytes: await sample() });
      await open(`/read/${id}`);
      await page.locator('svg.picture .mark.cell').waitFor({ state: 'attached' });
      await page.locator('summary', { hasText: say('Show on the page', '在页面上显示') }).click();
      await page.getByLabel(say('Lines', '行'), { exact: true }).check();
      await page.getByLabel(say('Words', '词'), { exact: true }).check();
      await page.getByLabel(say('Tables', '表格'), { exact: true }).uncheck();
      await page.getByLabel(say('Where the reading is unsure', '把握不大的地方')).check();
      for (const mark of ['line', 'word']) await page.locator(`.mark.${mark}`).waitFor({ state: 'attached' });
      await page.locator('.mark.cell').waitFor({ state: 'detached' });
      await picture('layers');
      await page.keyboard.press('Escape');
      const width = async () => (await page.locator('svg.picture').boundingBox())?.width ?? 0;
      const before = await width();
      await page.getByRole('button', { name: say('Larger', '放大') }).click();
      expect((await width()) > before * 1.2, 'The picture did not grow.');
      await page.getByRole('button', { name: say('fit to width', '适合宽度') }).click();
      await page.getByRole('button', { name: say('Turn by a quarter', '旋转 90 度') }).click();
      const box = await page.locator('svg.picture').boundingBox();
      expect(box !== null && box.width > box.height, 'The picture did not turn.');
      await page.locator('summary', { hasText: say('1 table', '1 个表格') }).click();
      await page.getByRole('cell', { name: /Fountain pen/ }).waitFor();
    },
  },
  {
    name: 'read: a search finds all hits of a long document and leads to them',
    play: async ({ page, language, read, open, say, picture, expect }) => {
      const id = await read({ name: `search-${language}.pdf`, bytes: digitalPdf(30, 21) });
      await open(`/read/${id}`);
      await page.getByRole('searchbox', { name: say('Search in the text', '在文字中查找') }).fill('page 27');
      await page.getByText(say('1 of 1', '1 / 1'), { exact: true }).first().waitFor();
      const found = page.locator('#page-27 section.text .found.now');
      await found.first().waitFor();
      expect((await found.allInnerTexts()).join(' ') === 'Page 27', 'The words that were looked for are not marked.');
      const box = await page.locator('#page-27').boundingBox();
      expect(box !== null && box.y < 860, 'Page 27 did not come into view.');
      // And on the page, wherever on it that is.
      await page.waitForFunction(() => {
        const mark = document.querySelector('#page-27 .mark.found.now')?.getBoundingClientRect();
        return mark !== undefined && mark.top > 0 && mark.bottom < innerHeight;
      });
      await picture('search');
      await page.getByRole('searchbox').fill('nothing of this kind');
      await page.getByText(say('Nothing found', '没有找到'), { exact: true }).first().waitFor();
    },
  },
  {
    name: 'read: a question that fails is told as that, of a document as of a search, and asked again',
    languages: ['en'],
    play: async ({ page, url, read, refuses, expect }) => {
      const id = await read({ name: 'refused.pdf', bytes: digitalPdf(1, 3) });
      const json = { code: 'too_many_requests', detail: 'Enough for this minute.', retryable: true };
      const refuse = async (path: string) => {
        refuses(path);
        await page.route(`${url}${path}*`, (route) => route.fulfill({ status: 429, json }));
      };
      await refuse(`/v1/jobs/${id}`);
      await refuse(`/v1/jobs/${id}/events`);
      await page.goto(`${url}/#/read/${id}`);
      await page.getByText(json.detail).waitFor();
      expect((await page.getByText('This document is not here').count()) === 0, 'It is said not to be there.');
      await page.unrouteAll();
      await page.getByRole('heading', { name: 'refused.pdf' }).waitFor();
      await refuse(`/v1/jobs/${id}/result`);
      await page.getByRole('searchbox').fill('page 1');
      await page.getByText(json.detail).first().waitFor();
      await page.unrouteAll();
      await page.getByRole('searchbox').fill('page');
      await page
        .getByText(/^1 of \d+$/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'read: the text is copied, and saved in every format',
    play: async ({ page, language, read, open, say, expect }) => {
      const id = await read({ name: `formats-${language}.jpg`, bytes: await sample() });
      await open(`/read/${id}`);
      await page.getByRole('button', { name: say('Copy the text of this page', '复制这一页的文字') }).click();
      await page.getByText(say('Copied.', '已复制。')).first().waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied.includes('Dr. Amelia Brightwater'), `What was copied is ${copied.slice(0, 80)}`);
      const beginnings = {
        pdf: '%PDF',
        txt: 'Harbour',
        md: '<!-- page 1 -->',
        json: '{"job"',
        'hocr.html': '<?xml',
        'alto.xml': '<?xml',
        tsv: 'level',
      };
      await page.locator('summary', { hasText: say('Download', '下载') }).click();
      for (const [end, beginning] of Object.entries(beginnings)) {
        const going = page.waitForEvent('download');
        await page.locator(`.formats a[download$=".${end}"]`).click();
        const download = await going;
        expect(download.suggestedFilename() === `formats-${language}.${end}`, download.suggestedFilename());
        const stream = await download.createReadStream();
        const [chunk] = await stream.take(1).toArray();
        const head = Buffer.from(chunk).subarray(0, 40).toString('latin1').trimStart();
        expect(head.startsWith(beginning), `${end} begins with ${head}`);
      }
    },
  },
  {
    name: 'read: pages show up while the others are still read, and reading is stopped and taken up again',
    play: async ({ page, language, open, say, picture, expect }) => {
      await open('/read');
      await page.locator('summary', { hasText: say('Options', '选项') }).click();
      await page.getByLabel(say('Read anew', '识别过的也重新识别')).check();
      const bytes = scannedPdf(await scannedPages(6));
      await dropFile(page, { name: `sheets-${language}.pdf`, type: 'application/pdf', bytes });
      await page.locator('section.text', { hasText: 'Sheet' }).first().waitFor({ timeout: READ_MS });
      await page.getByRole('searchbox').fill('delivered in part');
      await page
        .getByText(new RegExp(say('^1 of \\d+ so far$', '^目前 1 / \\d+$')))
        .first()
        .waitFor();
      expect((await page.locator('.badge.busy').count()) > 0, 'The first page showed up only when all were read.');
      await picture('while-reading');
      await page.getByRole('button', { name: say('Stop reading', '停止识别') }).click();
      await page.locator('.document-head .badge', { hasText: say('Stopped', '已停止') }).waitFor();
      await page.getByRole('button', { name: say('Read the rest', '识别剩下的部分') }).click();
      await page.locator('.document-head .badge', { hasText: say('Done', '已完成') }).waitFor({ timeout: READ_MS });
      await page
        .getByText(new RegExp(say('^1 of \\d+$', '^1 / \\d+$')))
        .first()
        .waitFor();
      await page.locator('#page-6').scrollIntoViewIfNeeded();
      await page.locator('#page-6 section.text', { hasText: 'Sheet 6' }).waitFor();
    },
  },
  {
    name: 'read: where no events come through, held questions tell as much',
    languages: ['en'],
    play: async ({ page, open, say, expect }) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      // What a proxy does that keeps events back: the stream begins and says nothing.
      await page.route('**/events', (route) =>
        route.fulfill({ status: 204, headers: { 'content-type': 'text/event-stream' } }),
      );
      await open('/read');
      await page.locator('summary', { hasText: say('Options', '选项') }).click();
      await page.getByLabel(say('Read anew', '识别过的也重新识别')).check();
      await dropFile(page, { name: 'held.jpg', type: 'image/jpeg', bytes: await sample() });
      await page.locator('section.text', { hasText: 'Brightwater' }).waitFor({ timeout: READ_MS });
      expect(
        asked.some((url) => url.includes('?wait=')),
        'Nothing was asked with ?wait=.',
      );
    },
  },
  {
    name: 'read: a file that cannot be opened says why, and may be tried again',
    play: async ({ page, language, open, say, picture }) => {
      await open('/read');
      await dropFile(page, { name: `broken-${language}.pdf`, type: 'application/pdf', bytes: DAMAGED });
      await page.getByText(say('Nothing of this document could be read', '这份文件没有任何内容能识别')).waitFor();
      await page.getByText(say('The file ends too early', '文件不完整')).first().waitFor();
      await picture('broken');
      await page.getByRole('button', { name: say('Read again what failed', '重新识别失败的部分') }).click();
      await page.getByText(say('What failed is being read again.', '正在重新识别失败的部分。')).first().waitFor();
      await page.getByText(say('Nothing of this document could be read', '这份文件没有任何内容能识别')).waitFor();
      await open('/read');
      const torn = (await sample()).subarray(0, TORN_BYTES);
      await dropFile(page, { name: `torn-${language}.jpg`, type: 'image/jpeg', bytes: torn });
      const failed = page.getByRole('region', { name: say('Page 1', '第 1 页') });
      await failed.getByText(say('Page 1 could not be read', '第 1 页未能识别')).waitFor();
      await failed.getByRole('button', { name: say('Read again what failed', '重新识别失败的部分') }).waitFor();
      await picture('failed-page');
      await open('/read');
      await dropFile(page, { name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('no picture') });
      await page.getByText(say('none of the kinds that can be read', '无法识别这种文件')).waitFor();
    },
  },
  {
    name: 'read: pictures are pasted, photographed, chosen page by page, and opened with a password',
    play: async ({ page, open, say, expect }) => {
      await open('/read');
      const base64 = (await sample()).toString('base64');
      await page.evaluate((content) => {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([bytes], 'image.jpg', { type: 'image/jpeg' }));
        dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
      }, base64);
      await page.getByRole('heading', { name: say('Pasted picture.jpg', '粘贴的图片.jpg') }).waitFor();
      await open('/read');
      const camera = page.locator('input[type="file"][capture="environment"]');
      await camera.setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await sample() });
      await page.getByRole('heading', { name: 'photo.jpg' }).waitFor();
      await open('/read');
      await page.locator('summary', { hasText: say('Options', '选项') }).click();
      await page.getByText(say('Fast', '快速'), { exact: true }).click();
      await page.getByLabel(say('Only these pages', '只识别这些页')).fill('2-3');
      const pages = [1, 2, 3, 4].map((number) => ({
        width: 595,
        height: 842,
        texts: [{ text: `Secret leaf ${number} of a locked book`, x: 60, y: 700, size: 20 }],
      }));
      const locked = makePdf(pages, { password: 'open sesame' });
      await page
        .locator('input[type="file"][multiple]')
        .setInputFiles({ name: 'locked.pdf', mimeType: 'application/pdf', buffer: locked });
      await page.getByText(say('The PDF is encrypted', 'PDF 有密码')).first().waitFor();
      await page.locator('.password-asked input').fill('open sesame');
      await page.getByRole('button', { name: say('Open it with this password', '用这个密码打开') }).click();
      await page.locator('section.text', { hasText: 'Secret leaf 2' }).waitFor({ timeout: READ_MS });
      await page.locator('section.text', { hasText: 'Secret leaf 3' }).waitFor();
      const shown = await page.locator('.page-sheet').count();
      expect(shown === 2, `Two pages were asked for, and ${shown} are shown.`);
    },
  },
];
