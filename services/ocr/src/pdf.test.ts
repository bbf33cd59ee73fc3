import { jobContext, openBytes, pageContext, parseMasterKeys, unwrapDataKey } from '@docusnap/blobs';
import { linesOf, PageText } from '@docusnap/contracts';
import { readPageRow } from '@docusnap/db';
import { makePdf } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SpawnedService, spawnService } from './rehearsal/spawned.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

const page = (number: number) => ({
  width: 420,
  height: 595,
  texts: [{ text: `This is what stands on page ${number}`, x: 40, y: 500, size: 12 }],
});
const book = (pages: number) => Array.from({ length: pages }, (_, i) => page(i + 1));

let stage: Stage;
let service: SpawnedService;

beforeAll(async () => {
  stage = await openStage('postgres');
  service = await spawnService(stage, { OCR_READERS: '2' });
});
afterAll(async () => {
  service.kill('SIGKILL');
  await service.exited;
  await stage.close();
});

async function textOf(jobId: string, number: number): Promise<string> {
  const { page: row, sealed, key } = await readPageRow(stage.api, stage.tenantId, jobId, number);
  const dataKey = unwrapDataKey(parseMasterKeys(stage.environment.MASTER_KEY!), key, jobContext(jobId));
  const json = await openBytes(dataKey, pageContext(jobId, row.fileIndex, row.fileFrame), sealed!);
  return linesOf(PageText.parse(JSON.parse(json.toString())))
    .map((line) => line.text)
    .join(' ');
}

test('the pages of a PDF are read one by one, by all readers, and each is what stands on it', async () => {
  const jobId = await stage.submit([makePdf(book(60))], { mediaType: 'application/pdf' });
  const job = await stage.ended(jobId);
  expect(job).toMatchObject({ status: 'completed', pagesTotal: 60, pagesDone: 60, files: [{ pages: 60 }] });
  for (const number of [1, 17, 60]) expect(await textOf(jobId, number)).toBe(`This is what stands on page ${number}`);
  const ended = service.log
    .map((line) => JSON.parse(line))
    .filter(({ job: id, kind }) => id === jobId && kind === 'read');
  expect(new Set(ended.map(({ reader }) => reader)).size).toBe(2);
});

test('of a selection only those pages are read, over all files, with the numbers they have there', async () => {
  const files = [makePdf(book(3)), makePdf(book(4))];
  const jobId = await stage.submit(files, { mediaType: 'application/pdf', options: { pages: '3-4,7' } });
  expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesTotal: 3, pagesDone: 3 });
  expect(await textOf(jobId, 3)).toMatch(/page 3$/);
  expect(await textOf(jobId, 4)).toMatch(/page 1$/);
  expect(await textOf(jobId, 7)).toMatch(/page 4$/);
  const none = await stage.submit([makePdf(book(2))], { mediaType: 'application/pdf', options: { pages: '5' } });
  expect(await stage.ended(none)).toMatchObject({ status: 'failed', error: { code: 'no_such_pages' } });
});

test('an encrypted PDF is read with its password, and fails with a code of its own without', async () => {
  const bytes = makePdf(book(2), { password: 'open sesame' });
  const submit = (password?: string) =>
    stage.submit([bytes], { mediaType: 'application/pdf', ...(password ? { password } : {}) });
  const [right, wrong, none] = await Promise.all([submit('open sesame'), submit('close sesame'), submit()]);
  expect(await stage.ended(right)).toMatchObject({ status: 'completed', pagesDone: 2 });
  expect(await stage.ended(wrong)).toMatchObject({ status: 'failed', error: { code: 'password_wrong' } });
  expect(await stage.ended(none)).toMatchObject({ status: 'failed', error: { code: 'password_needed' } });
  expect(service.log.join('')).not.toContain('sesame');
});
