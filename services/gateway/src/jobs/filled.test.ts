import { jobContext, sealBytes, understandingContext, unwrapDataKey } from '@docusnap/blobs';
import { JobBody, type Problem, type Understanding } from '@docusnap/contracts';
import { claimUnderstanding, saveUnderstanding } from '@docusnap/db';
import { describeNeeding, drawPdf, makePdf, wordsOfPdf } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';

let gateway: TestGateway;
let worker: TestWorker;
beforeAll(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
});
afterAll(() => gateway.close());

const NOTHING = {
  engine: 'rules',
  model: null,
  fields: {},
  problems: {},
  usage: { prompt_tokens: 0, completion_tokens: 0 },
} as const;
const SUMMARY = { title: 'A form', tags: ['form'], description: '', kv: {}, related: [] };
const FORM: Understanding = {
  ...NOTHING,
  task: 'form',
  result: { ...SUMMARY, fields: ['Name'] },
  blanks: [
    {
      label: 'Name',
      page: 1,
      quad: [
        [1, 1],
        [9, 1],
        [9, 3],
        [1, 3],
      ],
    },
  ],
};
const FILL: Understanding = {
  ...NOTHING,
  task: 'fill',
  result: { Name: { value: 'Ann', source: { type: 'doc', resource_id: 'a' } } },
  blanks: [],
};

/** What the lane would do. */
async function understand(understanding: Understanding): Promise<void> {
  const unit = await claimUnderstanding(gateway.worker, { holder: 'test' });
  const dataKey = unwrapDataKey(gateway.ports.masterKeys, unit!.key, jobContext(unit!.jobId));
  const sealed = sealBytes(dataKey, understandingContext(unit!.jobId), Buffer.from(JSON.stringify(understanding)));
  await saveUnderstanding(gateway.worker, unit!, { sealed, usage: understanding.usage });
}

async function formJob(file = png()): Promise<string> {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([file], { task: 'form' }) });
  // Of a picture nothing is to be opened.
  if (file.subarray(0, 5).toString('latin1') === '%PDF-') await worker.open(1);
  await worker.read('Name');
  await understand(FORM);
  return JobBody.parse(await answer.json()).id;
}

async function fillJob(): Promise<string> {
  const answer = await gateway.call('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ task: 'fill', form: { fields: ['Name'] }, library: [] }),
  });
  return JobBody.parse(await answer.json()).id;
}

const get = (id: string, filled: string, format = 'pdf') =>
  gateway.call(`/v1/jobs/${id}/result?format=${format}&filled=${filled}`);

async function codeOf(answer: Response): Promise<[number, string]> {
  return [answer.status, ((await answer.json()) as Problem).code];
}

describeNeeding('pdftotext', 'a form with its values', () => {
  test.each([
    ['an image', () => png()],
    ['a PDF', () => makePdf([{ width: 200, height: 200 }])],
  ])('%s shows each value in its blank', async (_kind, file) => {
    const id = await formJob(file());
    const fill = await fillJob();
    expect(await codeOf(await get(id, fill))).toEqual([409, 'result_not_ready']);
    await understand(FILL);
    const answer = await get(id, fill);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    const filled = new Uint8Array(await answer.arrayBuffer());
    const plain = await (await gateway.call(`/v1/jobs/${id}/result?format=pdf`)).arrayBuffer();
    // Not only found, but seen.
    expect((await drawPdf(filled)).equals(await drawPdf(new Uint8Array(plain)))).toBe(false);
    const words = (await wordsOfPdf(filled)).flat();
    expect(words.toSorted()).toEqual(['Ann', 'Name']);
  });
});

test('what is no form, no filling, not there or not asked for as PDF is told', async () => {
  const id = await formJob();
  const fill = await fillJob();
  await understand(FILL);
  expect(await codeOf(await get(fill, fill))).toEqual([409, 'form_not_understood']);
  expect(await codeOf(await get(id, id))).toEqual([409, 'nothing_filled']);
  expect(await codeOf(await get(id, crypto.randomUUID()))).toEqual([404, 'job_not_found']);
  expect(await codeOf(await get(id, 'x'))).toEqual([400, 'bad_request']);
  expect(await codeOf(await get(id, fill, 'text'))).toEqual([400, 'bad_request']);
});
