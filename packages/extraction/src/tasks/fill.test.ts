import type { LibraryEntry } from '@docusnap/contracts';
import { describe, expect, test } from '@jest/globals';
import { STANDARD_NAMES } from '../rules/standard-names.ts';
import { fillForm, labelsOf } from './fill.ts';

const entry = (id: string, kv: Record<string, string>, more: Partial<LibraryEntry> = {}): LibraryEntry => ({
  type: 'doc',
  id,
  title: 'Letter',
  tags: [],
  description: '',
  date: null,
  kv,
  ...more,
});
const values = (fields: readonly string[], library: readonly LibraryEntry[]) =>
  Object.fromEntries(Object.entries(fillForm({ fields }, library)).map(([label, { value }]) => [label, value]));

describe('filling a form', () => {
  test('finds values by the same label, by the vocabulary, and by a label that is nearly the same', () => {
    const library = [
      entry('a', { 'Date of Birth': 'Aug 12, 1974', Surname: 'Berg', 电话: '020 7946', 'Locker Combination': '4711' }),
    ];
    expect(values(['Geburtsdatum:', '3. Your last name *', 'Telephone No.', 'Loker combination'], library)).toEqual({
      'Geburtsdatum:': '1974-08-12',
      '3. Your last name *': 'Berg',
      'Telephone No.': '020 7946',
      'Loker combination': '4711',
    });
  });

  test('says where each value comes from', () => {
    const library = [entry('a', { City: 'Ghent' }, { type: 'form' })];
    expect(fillForm({ fields: ['Town'] }, library)).toEqual({
      Town: { value: 'Ghent', source: { type: 'form', resource_id: 'a' } },
    });
  });

  test('leaves out what nothing matches, and what belongs to the day of filling', () => {
    const library = [entry('a', { Name: 'Anna', Date: 'Jan 01, 2020', Signature: 'A. Berg' })];
    expect(values(['Shoe size', 'Date', 'Signature', 'Spouse name', 'Date of issue'], library)).toEqual({});
  });

  test('believes official documents first, then newer ones', () => {
    const old = entry('old', { Address: 'Old Street 1' }, { date: '2010-01-01' });
    const recent = entry('new', { Address: 'New Street 2' }, { date: '2024-05-01T10:00:00Z' });
    const card = entry('card', { Address: 'Card Street 3' }, { title: 'National identity card', date: '2001-01-01' });
    expect(values(['Address'], [old, recent])).toEqual({ Address: 'New Street 2' });
    expect(values(['Address'], [old, recent, card])).toEqual({ Address: 'Card Street 3' });
  });

  test('takes a name that answers for the one that is asked for', () => {
    const library = [entry('p', { 'Surname (Latin)': 'ERIKSSON', 'Passport Number': 'L898902C3' })];
    expect(values(['Family name', 'Document No.'], library)).toEqual({
      'Family name': 'ERIKSSON',
      'Document No.': 'L898902C3',
    });
  });

  test('takes the labels of forms in other shapes', () => {
    expect(labelsOf({ formFields: ['A', { label: 'B' }, { name: 'C' }, 7, null] })).toEqual(['A', 'B', 'C']);
    expect(labelsOf({ fields: { Name: '', City: '' } })).toEqual(['Name', 'City']);
    expect(labelsOf({ title: 'nothing' })).toEqual([]);
    expect(labelsOf({ fields: ['A', 'A', ' ', '__proto__'] })).toEqual(['A']);
  });

  test('takes less than ten milliseconds for fifty labels and a hundred entries', () => {
    const names = Object.keys(STANDARD_NAMES);
    const library = Array.from({ length: 100 }, (_, at) =>
      entry(
        `e${at}`,
        Object.fromEntries(
          Array.from({ length: 15 }, (_one, index) => [
            index % 2 === 0 ? names[(at + index) % names.length]! : `Own label ${at} ${index}`,
            `value ${at}`,
          ]),
        ),
      ),
    );
    const fields = [...names.slice(0, 25), ...Array.from({ length: 25 }, (_, at) => `Strange question number ${at}`)];
    // Of the process's own time, so that a busy machine does not count, and of many runs the one least disturbed.
    const times = Array.from({ length: 30 }, () => {
      const start = process.cpuUsage();
      fillForm({ fields }, library);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(10);
  });

  test('takes no longer for labels and libraries that were made to take long', () => {
    const start = process.cpuUsage();
    expect(values([`Lo${' '.repeat(200_000)}cker`], [entry('a', { 'Lo cker': 'x' })])).toEqual(expect.any(Object));
    const alike = (count: number) =>
      Array.from({ length: count }, (_, at) => `Surname${' '.repeat(at % 99)}${':'.repeat(at / 99)}`);
    const library = Array.from({ length: 500 }, (_, at) =>
      entry(`e${at}`, Object.fromEntries(alike(20).map((name) => [name, `Berg ${at}`]))),
    );
    expect(new Set(Object.values(values(alike(2_000), library)))).toEqual(new Set(['Berg 0']));
    const { user, system } = process.cpuUsage(start);
    // They took a minute, in which nothing was understood for anybody.
    expect((user + system) / 1000).toBeLessThan(5_000);
  });
});
