import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JobBody } from '@docusnap/contracts';
import { markRenditions } from '@docusnap/db';
import { describeNeeding, drawPage, wordsOfPdf } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { failure, form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf, png, tiff } from '../test-pictures.ts';

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

let gateway: TestGateway;
let worker: TestWorker;
beforeAll(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
});
afterAll(() => gateway.close());
afterEach(async () => {
  await gateway.worker.pool.query('DELETE FROM units');
});

const get = (path: string, accept?: string) => gateway.call(path, accept ? { headers: { accept } } : {});

async function submit(files: readonly Buffer[]): Promise<string> {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form(files) });
  return JobBody.parse(await answer.json()).id;
}

/** A job of one file of three pages, the second of which failed. */
async function partialJob(): Promise<string> {
  const id = await submit([pdf()]);
  await worker.open(3);
  await worker.read('first & <only>');
  await worker.failRead(failure('page_timeout'));
  await worker.read('third');
  return id;
}

test.each([
  [
    'markdown',
    'text/markdown; charset=utf-8',
    '<!-- page 1 -->\n\nfirst & \\<only>\n',
    '**Not read: page 2: page_timeout**',
  ],
  [
    'hocr',
    'application/xhtml+xml; charset=utf-8',
    '>first &amp; &lt;only&gt;</span>',
    'x_error &quot;page 2: page_timeout&quot;',
  ],
  [
    'alto',
    'application/xml; charset=utf-8',
    'CONTENT="first &amp; &lt;only&gt;"',
    'QUALITY_DETAIL="page 2: page_timeout"',
  ],
  ['tsv', 'text/tab-separated-values; charset=utf-8', '\t100.000000\tfirst & <only>\n', '\t[page 2: page_timeout]\n'],
])(
  'as %s the result holds what was read and marks what was not, by format and by Accept alike',
  async (format, type, words, mark) => {
    const id = await partialJob();
    const answers = [
      await get(`/v1/jobs/${id}/result?format=${format}`),
      await get(`/v1/jobs/${id}/result`, type.split(';')[0]),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual([
        200,
        type,
        'accept',
      ]);
      const text = await answer.text();
      expect(text).toContain(words);
      expect(text).toContain(mark);
      expect(text.indexOf('third')).toBeGreaterThan(text.indexOf(mark));
    }
  },
);

test('a page comes in the same formats, by itself and while others are still read; a failed one is a problem', async () => {
  const id = await submit([pdf()]);
  await worker.open(3);
  await worker.read('first');
  expect(await (await get(`/v1/jobs/${id}/pages/1?format=text`)).text()).toBe('first\n');
  expect(await (await get(`/v1/jobs/${id}/pages/1`, 'text/markdown')).text()).toBe('<!-- page 1 -->\n\nfirst\n');
  expect(await (await get(`/v1/jobs/${id}/pages/1?format=alto`)).text()).toContain('PHYSICAL_IMG_NR="1"');
  expect(await (await get(`/v1/jobs/${id}/pages/2?format=hocr`)).json()).toMatchObject({ code: 'page_not_ready' });
  await worker.failRead(failure('page_timeout'));
  const failed = await get(`/v1/jobs/${id}/pages/2?format=tsv`);
  expect([failed.status, await failed.json()]).toMatchObject([422, { code: 'page_timeout' }]);
  expect((await get(`/v1/jobs/${id}/pages/1`, 'image/png')).status).toBe(406);
});

test('the name of a job can hold anything', async () => {
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(png())]), `a"<&>' --> 题.png`);
  const { id } = JobBody.parse(await (await gateway.call('/v1/jobs', { method: 'POST', body })).json());
  await worker.read('word');
  for (const format of ['hocr', 'alto', 'pdf']) {
    const answer = await get(`/v1/jobs/${id}/result?format=${format}`);
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(500);
  }
});

test('a client that goes away ends the making of its answer', async () => {
  const id = await submit([pdf()]);
  await worker.open(150);
  const long = Array.from({ length: 400 }, (_, at) => `some words on line ${at}`).join('\n');
  for (let page = 0; page < 150; page += 1) await worker.read(long);
  const abort = new AbortController();
  const answer = await gateway.call(`/v1/jobs/${id}/result?format=alto`, { signal: abort.signal });
  await answer.body!.getReader().read();
  abort.abort();
  await gateway.ports.running.settled();
  expect(gateway.logged.join('')).not.toContain('"level":50');
});

test('an original that was altered breaks the PDF off', async () => {
  const id = await submit([png({ bytes: 280_000 })]);
  await worker.read('word');
  const path = join(gateway.blobFolder, 'jobs', id, 'files', '0');
  const bytes = await readFile(path);
  bytes[bytes.length - 30]! ^= 255;
  await writeFile(path, bytes);
  const broken = get(`/v1/jobs/${id}/result?format=pdf`).then(async (answer) => {
    if (answer.status !== 200) throw new Error((await answer.json()).code);
    return answer.arrayBuffer();
  });
  await expect(broken).rejects.toThrow();
});

/** The words of each page, apart by spaces. */
async function textOfPdf(bytes: ArrayBuffer | Uint8Array): Promise<string[]> {
  return (await wordsOfPdf(new Uint8Array(bytes))).map((words) => words.join(' '));
}

/** A PDF of empty pages, with its table of places. */
function emptyPdf(pages: number): Buffer {
  const kids = Array.from({ length: pages }, (_, page) => `${page + 3} 0 R`).join(' ');
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pages}/Kids[${kids}]/MediaBox[0 0 200 200]>>`,
    ...Array.from({ length: pages }, () => '<</Type/Page/Parent 2 0 R>>'),
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  return Buffer.from(
    `${text}${table}trailer\n<</Size ${offsets.length + 1}/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`,
  );
}

describeNeeding('pdftotext', 'searchable PDFs over HTTP', () => {
  test('images become pages with their words, a page alone too', async () => {
    const id = await submit([png(), png()]);
    for (const text of ['one', '中文']) await worker.read(text);
    const answer = await get(`/v1/jobs/${id}/result`, 'application/pdf');
    expect(answer.headers.get('content-disposition')).toBe('inline; filename=file-0.pdf');
    expect(await textOfPdf(await answer.arrayBuffer())).toEqual(['one', '中文']);
    const page = await get(`/v1/jobs/${id}/pages/2?format=pdf`);
    expect(await textOfPdf(await page.arrayBuffer())).toEqual(['中文']);
  });

  test('of images that a PDF cannot hold as they came it holds what was made of each page', async () => {
    const id = await submit([png(), GIF, tiff(9, 9, { width: 9, height: 9 })]);
    for (const frames of [1, 1, 2]) await worker.open(frames);
    const large = await drawPage({ width: 400, height: 300, lines: [], format: 'jpeg' });
    for (const text of ['one', 'two', 'three', 'four']) {
      const page = await worker.read(text);
      if (text !== 'one') await worker.render(page, { small: large, large });
    }
    const made = Buffer.from(await (await get(`/v1/jobs/${id}/result?format=pdf`)).arrayBuffer());
    expect(await textOfPdf(made)).toEqual(['one', 'two', 'three', 'four']);
    let embedded = 0;
    for (let at = made.indexOf(large); at >= 0; at = made.indexOf(large, at + 1)) embedded += 1;
    expect(embedded).toBe(3);
    const page = await get(`/v1/jobs/${id}/pages/4?format=pdf`);
    expect(await textOfPdf(await page.arrayBuffer())).toEqual(['four']);
  });

  test('a PDF waits for the image of a page that was read a moment ago, and says so where none could be made', async () => {
    const id = await submit([GIF]);
    const page = await worker.read('word');
    const large = await drawPage({ width: 400, height: 300, lines: [], format: 'jpeg' });
    const early = get(`/v1/jobs/${id}/result?format=pdf`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await worker.render(page, { small: large, large });
    expect(await textOfPdf(await (await early).arrayBuffer())).toEqual(['word']);

    const other = await submit([GIF]);
    await markRenditions(gateway.worker, await worker.read('word'), 'failed');
    expect(await (await get(`/v1/jobs/${other}/result?format=pdf`)).json()).toMatchObject({ code: 'image_not_made' });
  });

  test('a page of such an image that was not read is a page with the reason in print', async () => {
    const id = await submit([tiff(9, 9, { width: 9, height: 9 })]);
    await worker.open(2);
    const large = await drawPage({ width: 400, height: 300, lines: [], format: 'jpeg' });
    await worker.render(await worker.read('one'), { small: large, large });
    await worker.failRead(failure('page_timeout'));
    const answer = await get(`/v1/jobs/${id}/result?format=pdf`);
    expect(await textOfPdf(await answer.arrayBuffer())).toEqual(['one', 'Not read: page 2: page_timeout']);
  });

  test('a PDF keeps its bytes and gets its words, pages that were not read a note', async () => {
    const original = emptyPdf(3);
    const id = await submit([original]);
    await worker.open(3);
    await worker.read('one');
    await worker.failRead(failure('page_timeout'));
    await worker.read('three');
    const answer = await get(`/v1/jobs/${id}/result?format=pdf`);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    const bytes = await answer.arrayBuffer();
    expect(Buffer.from(bytes).subarray(0, original.length).equals(original)).toBe(true);
    expect(await textOfPdf(bytes)).toEqual(['one', '', 'three']);
    const page = await get(`/v1/jobs/${id}/pages/1?format=pdf`);
    expect(await page.json()).toMatchObject({ code: 'not_acceptable' });
  });

  test('a client that goes away while its PDF is made, or before its turn, ends that', async () => {
    const id = await submit([emptyPdf(60)]);
    await worker.open(60);
    for (let page = 0; page < 60; page += 1) await worker.read('words');
    const aborts = [new AbortController(), new AbortController()];
    const calls = aborts.map(({ signal }) => gateway.call(`/v1/jobs/${id}/result?format=pdf`, { signal }));
    setTimeout(() => aborts.map((abort) => abort.abort()), 300);
    for (const call of calls) await expect(call).rejects.toThrow();
    await gateway.ports.running.settled();
    expect(await (await get(`/v1/jobs/${id}/result?format=pdf`)).arrayBuffer()).toBeDefined();
  });

  test('a PDF that cannot be parsed, or is one of several files, is a problem', async () => {
    const broken = await submit([Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(300, 'x')])]);
    await worker.open(1);
    await worker.read('one');
    expect(await (await get(`/v1/jobs/${broken}/result?format=pdf`)).json()).toMatchObject({
      code: 'file_undecodable',
    });
    const several = await submit([emptyPdf(1), png()]);
    for (let file = 0; file < 2; file += 1) await worker.open(1);
    for (let file = 0; file < 2; file += 1) await worker.read('word');
    expect(await (await get(`/v1/jobs/${several}/result?format=pdf`)).json()).toMatchObject({
      code: 'not_acceptable',
      detail: expect.stringContaining('a PDF among several files'),
    });
  });
});
