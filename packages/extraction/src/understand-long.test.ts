import { describe, expect, test } from '@jest/globals';
import { scriptedModel } from './model/scripted-model.ts';
import { pageOfRows } from './test-pages.ts';
import { DOC_ANSWER, request } from './test-requests.ts';
import { understand } from './understand.ts';

describe('a document longer than the context', () => {
  const filler = (from: number) =>
    Array.from({ length: 40 }, (_, at) => `Paragraph ${from + at} of the general terms that nobody reads`);
  const pages = [
    { number: 1, text: pageOfRows('LEASE OF A FLAT', 'Landlord: Ann Lee', ...filler(100)) },
    { number: 2, text: pageOfRows('Landlord: Ann Lee', 'Tenant: Bo Li', 'Signature', ...filler(200)) },
  ];
  const part = (title: string, more: object) => ({ ...DOC_ANSWER, title, related: [], ...more });
  const landlord = { key: 'Landlord', value: 'Ann Lee' };
  const isFirst = (content: string) => content.includes('LEASE OF A FLAT');

  test('has the title of its first part, and tags, values and blanks of all', async () => {
    const model = scriptedModel(
      ({ messages }) =>
        isFirst(messages[1]!.content)
          ? part('Lease', { tags: ['lease'], kv: [landlord], fields: [], form_type: 'lease' })
          : part('Clauses', {
              tags: ['Lease', 'clauses'],
              kv: [landlord, { key: 'Tenant', value: 'Bo Li' }],
              fields: messages[1]!.content.includes('Signature') ? ['Signature'] : [],
              form_type: 'annex',
            }),
      { contextTokens: 2560 },
    );
    const doc = await understand(pages, request({ task: 'doc' }), { model });
    expect(model.questions.length).toBeGreaterThan(1);
    const about = { title: 'Lease', tags: ['lease', 'clauses'] };
    expect(doc.result).toMatchObject({ ...about, kv: { Landlord: 'Ann Lee', Tenant: 'Bo Li' } });
    expect(doc.fields.Tenant!.evidence).toMatchObject([{ page: 2, lines: [1] }]);
    const form = await understand(pages, request({ task: 'form' }), { model });
    expect(form.result).toMatchObject({
      ...about,
      kv: { 'Form Type': 'lease', Tenant: 'Bo Li' },
      fields: ['Signature'],
    });
  });

  test('is of the kind that its parts vote for, each with its length', async () => {
    const model = scriptedModel(
      ({ messages }) =>
        isFirst(messages[1]!.content)
          ? { label: 'contract', confidence: 0.9, candidates: [] }
          : { label: 'letter', confidence: 0.4, candidates: [{ label: 'contract', confidence: 0.3 }] },
      { contextTokens: 2048 },
    );
    const understood = await understand(pages, request({ task: 'classify', labels: ['contract', 'letter'] }), {
      model,
    });
    expect(model.questions.length).toBeGreaterThan(1);
    const { label, confidence } = understood.result as { label: string; confidence: number };
    expect(label).toBe('contract');
    expect(confidence).toBeGreaterThan(0.3);
    expect(confidence).toBeLessThan(0.9);
  });
});
