import type { LibraryEntry, UnderstandingRequest } from '@docusnap/contracts';
import type { NumberedPage } from './extract.ts';
import { pageOfRows } from './test-pages.ts';

/** A document of one page, for tests. */
export const page = (...rows: readonly (string | readonly string[])[]): NumberedPage => ({
  number: 1,
  text: pageOfRows(...rows),
});
export const INVOICE = page(
  'ACME TRADING LTD',
  'TAX INVOICE',
  ['Invoice No: A-1017', 'Date: 29/12/2017'],
  ['Green Tea', '3.00'],
  ['Black Tea', '4.50'],
  ['Total', 'RM 7.50'],
);
export const PASSPORT: LibraryEntry = {
  type: 'doc',
  id: 'p1',
  title: 'Passport of Ann Lee',
  tags: ['passport'],
  description: 'A passport.',
  date: '2024-05-01',
  kv: { Surname: 'Lee', 'Given Names': 'Ann Mary', 'Date of Birth': 'Mar 05, 1990', 'Passport Number': 'X1234567' },
};
export const BILL: LibraryEntry = {
  type: 'doc',
  id: 'b1',
  title: 'ACME invoice',
  tags: ['invoice', 'acme'],
  description: 'An invoice of ACME Trading.',
  date: '2018-01-02',
  kv: { Company: 'ACME TRADING LTD', Total: '7.50' },
};

export const request = (
  more: Partial<UnderstandingRequest> & Pick<UnderstandingRequest, 'task'>,
): UnderstandingRequest => ({
  library: [],
  requireGrounding: false,
  ...more,
});
/** What a model may answer about the invoice. */
export const DOC_ANSWER = {
  title: 'Tax invoice of ACME Trading',
  tags: ['invoice', 'tea'],
  description: 'An invoice over tea.',
  kv: [
    { key: 'Invoice Number', value: 'A-1017' },
    { key: 'Invoice Date', value: '2017-12-29' },
    { key: 'Total', value: '7.50' },
  ],
  related: [],
};
