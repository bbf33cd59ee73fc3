import { type FieldDraft, newField } from './schema-draft.ts';

/** Fields to begin with; their names are what results call them, in every language. */
export interface Example {
  readonly name: 'invoice' | 'receipt' | 'letter' | 'identity';
  readonly fields: readonly FieldDraft[];
}

const text = (name: string, part: Partial<FieldDraft> = {}): FieldDraft => newField({ name, ...part });

export const EXAMPLES: readonly Example[] = [
  {
    name: 'receipt',
    fields: [
      text('company', { description: 'Who sold' }),
      text('date', { type: 'date' }),
      text('total', { type: 'number', required: true, description: 'What was paid in all' }),
    ],
  },
  {
    name: 'invoice',
    fields: [
      text('invoice_number', { required: true }),
      text('date', { type: 'date' }),
      text('due_date', { type: 'date' }),
      text('seller'),
      text('buyer'),
      text('items', {
        type: 'group',
        list: true,
        fields: [text('description'), text('quantity', { type: 'number' }), text('amount', { type: 'number' })],
      }),
      text('total', { type: 'number', required: true }),
    ],
  },
  {
    name: 'letter',
    fields: [
      text('sender'),
      text('recipient'),
      text('date', { type: 'date' }),
      text('subject', { description: 'What it is about, as printed' }),
    ],
  },
  {
    name: 'identity',
    fields: [
      text('surname'),
      text('given_names'),
      text('birth_date', { type: 'date' }),
      text('document_number'),
      text('expiry_date', { type: 'date' }),
    ],
  },
];
