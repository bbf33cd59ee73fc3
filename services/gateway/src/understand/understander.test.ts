import { randomBytes } from 'node:crypto';
import { pageContext, sealBytes, understandingRequestContext } from '@docusnap/blobs';
import { HANG, startLanguageModelServer } from '@docusnap/testing';
import { afterEach, expect, test } from '@jest/globals';
import { pageText } from '../test-worker.ts';
import { modelAt } from './test-lane.ts';
import type { Question } from './thread/messages.ts';
import { openUnderstander, type Understander } from './understander.ts';

const JOB = '0199e3f0-0000-7000-8000-000000000000';
const SCHEMA = { type: 'object', properties: { total: { type: 'number' }, date: { type: 'string', format: 'date' } } };

let understander: Understander;
afterEach(() => understander.close());

function question({ pages, lines }: { pages: number; lines: number }): Omit<Question, 'id'> {
  const dataKey = randomBytes(32);
  const text = Buffer.from(JSON.stringify(pageText(Array.from({ length: lines }, () => 'Total due 29.70').join('\n'))));
  return {
    jobId: JOB,
    dataKey,
    request: sealBytes(
      dataKey,
      understandingRequestContext(JOB),
      Buffer.from(JSON.stringify({ task: 'extract', schema: SCHEMA, library: [], requireGrounding: false })),
    ),
    pages: Array.from({ length: pages }, (_, page) => ({
      number: page + 1,
      fileIndex: 0,
      fileFrame: page,
      sealed: sealBytes(dataKey, pageContext(JOB, 0, page), text),
    })),
  };
}

test('a thread that one job holds for too long is ended, and begins anew with the next', async () => {
  understander = openUnderstander({ model: null, mostMs: 170_000, mostSilenceMs: 1_200 });
  const { signal } = new AbortController();
  await expect(understander.understand(question({ pages: 600, lines: 100 }), signal)).rejects.toMatchObject({
    code: 'understanding_lost',
  });
  expect((await understander.understand(question({ pages: 1, lines: 1 }), signal)).sealed.length).toBeGreaterThan(0);
});

test('a thread that only waits for a language model is not ended, however long that takes', async () => {
  const server = await startLanguageModelServer(() => HANG);
  understander = openUnderstander({
    model: modelAt(server.baseUrl, { timeoutSeconds: 5 }),
    mostMs: 170_000,
    mostSilenceMs: 2_000,
  });
  const understood = understander.understand(question({ pages: 1, lines: 1 }), new AbortController().signal);
  await expect(understood).rejects.toMatchObject({ code: 'llm_timeout' });
  await server.close();
});
