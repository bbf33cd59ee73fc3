import { JobBody } from '@docusnap/contracts';
import { makePdf } from '@docusnap/testing';
import { digitalPdf } from '../documents/pdfs.ts';
import type { Story } from './story.ts';

const PDF = (pages: number): Buffer => digitalPdf(pages, 11);
/** One line each: enough to be in hand for a while, not for long. */
const SLOW_PAGES = Array.from({ length: 8 }, (_, page) => ({
  width: 300,
  height: 200,
  texts: [{ text: `Page ${page + 1} of a letter`, x: 40, y: 120, size: 14 }],
}));
/** No picture, and no PDF that opens. */
const DAMAGED = Buffer.from('%PDF-1.7\nnothing that a PDF has');

/** Jobs and batches: found, looked into, retried, deleted. */
export const JOB_STORIES: readonly Story[] = [
  {
    name: 'a list opened in a tab in the background is there when one comes to it',
    languages: ['en'],
    play: async ({ page, read, open }) => {
      await read({ name: 'behind.pdf', bytes: PDF(1) });
      await page.addInitScript(() =>
        Object.defineProperty(Document.prototype, 'hidden', { configurable: true, get: () => true }),
      );
      await open('/jobs');
      await page.getByRole('link', { name: 'behind.pdf' }).first().waitFor();
    },
  },
  {
    name: 'jobs are found by name and status, and looked into',
    play: async ({ page, language, read, open, say, picture, expect }) => {
      const name = `letter-${language}.pdf`;
      // Pages from the cache spend no time in any stage.
      await read({ name, bytes: PDF(3) }, { options: '{"cache":false}' });
      await read({ name: `broken-${language}.pdf`, bytes: DAMAGED }).catch(() => undefined);
      await open('/jobs');
      await page.getByRole('link', { name }).first().waitFor();
      await picture('jobs');
      await page.getByLabel(say('Name', '名称'), { exact: true }).fill(`LETTER-${language}`);
      await page.waitForURL(/name=/);
      await page.getByRole('link', { name }).first().waitFor();
      expect((await page.locator('.job-name').count()) === 1, 'The filter by name leaves one job.');
      await page.getByLabel(say('Status', '状态'), { exact: true }).selectOption('failed');
      await page.getByText(say('No job fits', '没有符合条件的任务')).waitFor();
      await page.getByRole('link', { name: say('Clear filters', '清除条件') }).click();
      await page.getByRole('link', { name }).first().click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await page.getByRole('region', { name: say('Time by stage', '各阶段用时') }).waitFor();
      expect((await page.locator('.table tbody tr').count()) >= 4, 'Three pages and a file are listed.');
      await picture('job');
    },
  },
  {
    name: 'a job is deleted after a question, and is gone',
    play: async ({ page, language, url, key, read, open, say, picture, expect }) => {
      const id = await read({ name: `secret-${language}.pdf`, bytes: PDF(1) });
      await open(`/jobs/${id}`);
      const remove = say('Delete', '删除');
      await page.getByRole('button', { name: remove, exact: true }).click();
      await page.getByRole('dialog').waitFor();
      await picture('delete');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: say('Cancel', '取消'), exact: true })
        .click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: remove, exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: remove, exact: true }).click();
      await page.waitForURL(/#\/jobs$/);
      const gone = await fetch(`${url}/v1/jobs/${id}`, { headers: { authorization: `Bearer ${key}` } });
      expect(gone.status === 404, `The deleted job is answered with ${gone.status}`);
    },
  },
  {
    name: 'a running job is cancelled, and read after all by a retry',
    languages: ['en'],
    play: async ({ page, call, open, say }) => {
      const form = new FormData();
      // Read from pixels, so that it takes its time.
      form.append('options', JSON.stringify({ pdf: { text: 'never' }, cache: false, setting: 'fast' }));
      form.append('file', new Blob([new Uint8Array(makePdf(SLOW_PAGES))]), 'long.pdf');
      const { id } = JobBody.parse(await call('/v1/jobs', { method: 'POST', body: form }));
      await open(`/jobs/${id}`);
      await page.getByRole('button', { name: say('Stop', '停止'), exact: true }).click();
      const badge = page.locator('.heading .badge');
      await badge.getByText(say('Stopped', '已停止')).waitFor();
      await page.getByRole('button', { name: say('Retry what failed', '重试失败部分') }).click();
      await badge.getByText(say('Done', '已完成')).waitFor({ timeout: 90_000 });
    },
  },
  {
    name: 'a batch shows how far it is, and leads to its jobs',
    play: async ({ page, language, call, open, say, picture, expect }) => {
      const form = new FormData();
      form.append('name', JSON.stringify(`October ${language}`));
      for (const number of [1, 2]) form.append('file', new Blob([new Uint8Array(PDF(number))]), `${number}.pdf`);
      await call('/v1/batches', { method: 'POST', body: form });
      await open('/jobs/batches');
      await page.getByRole('link', { name: `October ${language}` }).waitFor();
      await picture('batches');
      await page.getByRole('link', { name: `October ${language}` }).click();
      await page.getByRole('link', { name: '1.pdf' }).waitFor();
      expect((await page.locator('.job-name').count()) === 2, 'Two jobs are of the batch.');
      await page.getByRole('link', { name: say('All jobs', '全部任务') }).click();
    },
  },
];
