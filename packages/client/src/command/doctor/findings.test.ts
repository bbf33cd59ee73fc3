import { expect, test } from '@jest/globals';
import type { System } from '../../generated/api.ts';
import { findings } from './findings.ts';

const check = { status: 'ok', milliseconds: 2 } as const;
const GIB = 1024 ** 3;
const worker = {
  name: 'ocr:1',
  readers: 2,
  page_milliseconds: 500,
  seen_at: '2026-01-01T00:00:00Z',
  version: '0.1.0',
  models: ['pp-ocrv4-mobile'],
  provider: 'cpu',
};
const WELL: System = {
  at: '2026-01-01T00:00:00Z',
  checks: { database: check, queue: check, storage: check },
  queue: { kind: 'redis' },
  database: { bytes: 5 * 1024 ** 2 },
  storage: { kind: 'disk', free_bytes: 54 * GIB, least_free_bytes: GIB },
  llm: { ...check, model: 'qwen', host: 'llm.example' },
  lanes: {
    read: { waiting: 3, in_hand: 2, oldest_waiting_seconds: 1 },
    understand: { waiting: 0, in_hand: 0, oldest_waiting_seconds: 0 },
  },
  backlog_seconds: 2,
  pages_per_second: 4,
  readers: 2,
  workers: [worker],
  today: { jobs: 5, jobs_failed: 0, pages: 100, pages_failed: 0 },
  tenants: { all: 1, suspended: 0, erasing: 0 },
  versions: { docusnap: '0.1.0', schema: '0019', postgresql: '18.4', node: 'v24.0.0' },
};
const failing = { status: 'failed', milliseconds: 2 } as const;

test('where all is well every line says so, with what is there', () => {
  const found = findings(WELL, '0.1.0');
  expect(found.filter(({ status }) => status !== 'ok')).toEqual([]);
  const said = Object.fromEntries(found.map(({ part, says }) => [part, says]));
  expect(said).toMatchObject({
    disk: 'files on a disk with 54 GiB free; answered in 2 ms.',
    readers: '2 in one ocr service; 4 pages a second.',
    models: 'pp-ocrv4-mobile.',
    'runs on': 'cpu.',
    LLM: 'qwen at llm.example; answered in 2 ms.',
  });
});

test.each<[string, Partial<System>, string, 'warn' | 'fail', RegExp]>([
  [
    'a database that does not answer',
    { checks: { ...WELL.checks, database: failing } },
    'database',
    'fail',
    /Is PostgreSQL running/,
  ],
  [
    'a slow database',
    { checks: { ...WELL.checks, database: { ...check, milliseconds: 900 } } },
    'database',
    'warn',
    /It is slow/,
  ],
  [
    'a queue that is away',
    { checks: { ...WELL.checks, queue: failing } },
    'queue',
    'fail',
    /Is Redis running, and REDIS_URL/,
  ],
  [
    'storage that is away',
    { checks: { ...WELL.checks, storage: failing } },
    'disk',
    'fail',
    /neither written nor read/,
  ],
  ['a full disk', { storage: { ...WELL.storage, free_bytes: GIB - 1 } }, 'disk', 'fail', /submits are refused/],
  [
    'a disk that will be full',
    { storage: { ...WELL.storage, free_bytes: 2 * GIB } },
    'disk',
    'warn',
    /Make room in time/,
  ],
  ['no ocr service', { workers: [], readers: 0 }, 'readers', 'fail', /Start an ocr service/],
  ['no reader', { readers: 0 }, 'readers', 'fail', /log of the ocr service/],
  [
    'other models elsewhere',
    { workers: [worker, { ...worker, models: ['v5'] }] },
    'models',
    'warn',
    /set OCR_MODELS alike/,
  ],
  [
    'another version elsewhere',
    { workers: [worker, { ...worker, version: '0.0.9' }] },
    'versions',
    'warn',
    /Readers run 0\.0\.9/,
  ],
  ['a long backlog', { backlog_seconds: 4_000 }, 'backlog', 'warn', /add ocr services/],
  ['a language model that is away', { llm: { ...failing, model: 'm', host: 'h' } }, 'LLM', 'fail', /LLM_BASE_URL/],
  ['many failed pages', { today: { ...WELL.today, pages_failed: 50 } }, 'today', 'warn', /jobs list --status failed/],
])('%s is said, with what to do', (_what, change, part, status, todo) => {
  const found = findings({ ...WELL, ...change }, '0.1.0').find((finding) => finding.part === part);
  expect(found).toMatchObject({ status, todo: expect.stringMatching(todo) });
});
