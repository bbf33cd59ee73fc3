import { expect, test } from '@jest/globals';
import { indexPages } from '../grounding/page-index.ts';
import { pageOfRows } from '../test-pages.ts';
import { prove, type Scalar, searched } from './prove.ts';

const proven = (value: Scalar, print: string | readonly string[], labels: readonly string[] = []) =>
  prove(searched(indexPages([{ number: 1, text: pageOfRows(print) }]), []), value, { labels });

test.each([
  [7.5, 'Total RM 7.50'],
  [7.5, 'Total 7,5'],
  [1234, 'Total 1,234.00'],
  [12.345, 'Length 12.345 m'],
  [-45, 'Balance -45.00'],
  [-45, 'Balance (45.00)'],
  [6, 'GST 6.00%'],
])('the number %p is proven by %p', (value, print) => {
  expect(proven(value, print)).toMatchObject({ value, grounded: true });
});

test.each([
  [12.345, 'Total 12.35'],
  [0.001, 'Total 0.00'],
  [19.999, 'Total 20.00'],
  [41.5, 'Seat 415'],
  [2.5, 'Room 25'],
  [-45, 'Total 45'],
  [45, 'Total -45.00'],
])('the number %p is not proven by %p', (value, print) => {
  expect(proven(value, print)).toMatchObject({ value, grounded: false });
});

test.each([
  ['2025-01-31T09:30:00Z', 'Departs 31.01.2025 at 9:30'],
  ['2025-01-31T21:30:00Z', 'January 31, 2025, 9:30 pm'],
  ['09:30:00Z', 'Opens 09:30'],
  ['https://www.example.com/', 'see www.example.com'],
  ['https://example.com/a', 'see example.com/a'],
])('%p is proven by %p', (value, print) => {
  expect(proven(value, print).grounded).toBe(true);
});

test.each([
  ['2025-01-31T09:30:00Z', 'Departs 31.01.2025 at 9:31'],
  ['2025-01-31T09:30:00Z', 'Departs 30.01.2025 at 9:30'],
  ['09:30:00Z', 'Opens 09:30:15'],
  ['https://www.example.com', 'see www.example.org'],
])('%p is not proven by %p', (value, print) => {
  expect(proven(value, print).grounded).toBe(false);
});

test('true and false are proven by what stands behind their label', () => {
  expect(proven(true, 'Smoker: yes', ['smoker']).evidence).toMatchObject([{ quote: 'Smoker: yes' }]);
  expect(proven(true, ['Smoker:', 'yes'], ['Smoker']).grounded).toBe(true);
  expect(proven(false, 'Raucher: nein', ['Raucher', 'isSmoker']).grounded).toBe(true);
  expect(proven(true, 'Smoker: no', ['smoker']).grounded).toBe(false);
  expect(proven(false, 'Smoker: not stated', ['smoker']).grounded).toBe(false);
  expect(proven(true, 'yes', ['smoker']).grounded).toBe(false);
});
