import { AppError, type ErrorCode } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { judge } from './failures.ts';
import { ReaderLost } from './readers/reader-lost.ts';

const verdictOf = (code: ErrorCode) => judge(new AppError(code)).kind;

test('what is wrong with a document for good fails it at once', () => {
  for (const code of [
    'file_undecodable',
    'file_truncated',
    'too_many_pixels',
    'too_many_pages',
    'blob_damaged',
    'page_budget_spent',
  ] as const) {
    expect(verdictOf(code)).toBe('document');
  }
});

test('a lost reader counts as a death, named after how it was lost; one that was stopped does not', () => {
  expect(judge(new ReaderLost('died', 'x'))).toEqual({ kind: 'death', code: 'page_poisonous' });
  expect(judge(new ReaderLost('timeout', 'x'))).toEqual({ kind: 'death', code: 'page_timeout' });
  expect(judge(new ReaderLost('stopped', 'x'))).toEqual({ kind: 'stopped' });
});

test('a surprise in a reader counts like a death, so that it cannot come round for ever', () => {
  expect(judge(new ReaderLost('broken', 'x'))).toEqual({ kind: 'death', code: 'page_poisonous' });
});

test('a server or a file that is away, or a surprise in this process, costs the unit time and a claim', () => {
  expect(judge(new TypeError('x')).kind).toBe('passing');
  for (const code of ['blob_missing', 'storage_unavailable', 'database_unavailable'] as const) {
    expect(verdictOf(code)).toBe('passing');
  }
});

test('a lost lease is nobody’s failure', () => {
  expect(verdictOf('lease_lost')).toBe('lost');
});
