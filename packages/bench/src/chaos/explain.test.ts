import { expect, test } from '@jest/globals';
import { explainAttempt } from './explain.ts';
import type { FaultKind, Happened } from './faults/fault.ts';

const fault = (kind: FaultKind, from: number, more: Partial<Happened> = {}): Happened => ({
  kind,
  targets: [],
  words: '',
  from,
  until: from + 1_000,
  killed: [],
  ...more,
});
const ended = (outcome: string, at: number, service = 'ocr-1') => ({ ended: { at, service, outcome } });

test('an attempt whose process was killed is explained by that kill, and by no other one', () => {
  const seen = { held: { first: 90_000, last: 120_000, pid: 77 } };
  expect(explainAttempt(seen, [fault('ocr killed', 100_000, { killed: [77] })])).toBe('ocr killed');
  expect(explainAttempt(seen, [fault('ocr killed', 100_000, { killed: [78] })])).toBeNull();
});

test('a death is explained by a reader killed just then in that service', () => {
  const kill = fault('reader killed', 100_000, { targets: ['ocr-1'] });
  expect(explainAttempt(ended('death', 100_050), [kill])).toBe('reader killed');
  expect(explainAttempt(ended('death', 100_050, 'ocr-2'), [kill])).toBeNull();
  expect(explainAttempt(ended('death', 140_000), [kill])).toBeNull();
  expect(explainAttempt(ended('death', 80_000), [kill])).toBeNull();
});

test('what could not be saved is explained by an outage between that service and its database', () => {
  expect(explainAttempt(ended('lost', 110_000), [fault('postgres paused', 100_000)])).toBe('postgres paused');
  expect(explainAttempt(ended('passing', 110_000), [fault('gateway killed', 100_000)])).toBeNull();
  const cut = (pair: string) => [fault('network cut', 100_000, { targets: [pair] })];
  expect(explainAttempt(ended('lost', 110_000), cut('ocr-1-postgres'))).toBe('network cut');
  expect(explainAttempt(ended('lost', 110_000), cut('ocr-2-postgres'))).toBeNull();
  expect(explainAttempt(ended('lost', 110_000), cut('ocr-1-redis'))).toBeNull();
  expect(
    explainAttempt(ended('lost', 110_000), [fault('ocr paused', 70_000, { targets: ['ocr-1'], until: 106_000 })]),
  ).toBe('ocr paused');
});

test('a page that was done and read again has no excuse, nor has one of which nothing is known', () => {
  const everything = [fault('postgres stopped', 100_000), fault('reader killed', 100_000, { targets: ['ocr-1'] })];
  expect(explainAttempt(ended('done', 100_100), everything)).toBeNull();
  expect(explainAttempt({}, everything)).toBeNull();
});

test('a claim whose answer was lost is explained by an outage at the time of the claim', () => {
  const seen = { held: { first: 100_500, last: 131_000, pid: 5 } };
  expect(explainAttempt(seen, [fault('postgres stopped', 100_000)])).toBe('postgres stopped');
  expect(explainAttempt(seen, [fault('postgres stopped', 50_000)])).toBeNull();
});
