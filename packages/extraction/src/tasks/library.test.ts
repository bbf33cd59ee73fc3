import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flat } from './flat.ts';
import { libraryFrom } from './library.ts';

describe('a client’s library', () => {
  test('comes as docs and forms with kv', () => {
    const source = {
      docs: [{ id: 'd', title: 'Passport', tags: ['id'], description: 'mine', kv: { Name: 'Anna', Age: 7 } }],
      forms: [{ id: 'f', title: 'Leave', tags: [], description: '', kv: { City: 'Ghent' }, fields: ['Name'] }],
    };
    expect(libraryFrom(source)).toEqual([
      {
        type: 'doc',
        id: 'd',
        title: 'Passport',
        tags: ['id'],
        description: 'mine',
        date: null,
        kv: { Name: 'Anna', Age: '7' },
      },
      { type: 'form', id: 'f', title: 'Leave', tags: [], description: '', date: null, kv: { City: 'Ghent' } },
    ]);
  });

  test('comes as doc and form with names, extracted info and dates of upload', () => {
    const source = {
      doc: [
        {
          id: 3,
          name: 'Card',
          description: 'd',
          extractedInfo: { a: { b: 1, c: null }, d: ['x', 'y'] },
          tags: 'id, card',
          uploadDate: '2024-05-01 10:00:00Z',
        },
      ],
      form: [{ id: 'f', name: 'F', extractedInfo: {}, formFields: ['Name'], uploadDate: 1714557600000 }],
    };
    expect(libraryFrom(source)).toEqual([
      {
        type: 'doc',
        id: '3',
        title: 'Card',
        tags: ['id', 'card'],
        description: 'd',
        date: '2024-05-01T10:00:00.000Z',
        kv: { 'a.b': '1', 'd.1': 'x', 'd.2': 'y' },
      },
      { type: 'form', id: 'f', title: 'F', tags: [], description: '', date: '2024-05-01T10:00:00.000Z', kv: {} },
    ]);
  });

  test('has whatever is right in it, without what is wrong', () => {
    const source = {
      docs: [null, 'x', {}, { id: 'a', tags: 5, kv: 'none', uploadDate: 'yesterday' }],
      forms: 'none',
      more: 1,
    };
    expect(libraryFrom(source)).toEqual([
      { type: 'doc', id: 'a', title: '', tags: [], description: '', date: null, kv: {} },
    ]);
  });

  test('that is missing is empty, and that is no object is refused', () => {
    expect([undefined, null, {}].map(libraryFrom)).toEqual([[], [], []]);
    for (const wrong of ['x', 7, [1]]) {
      expect(() => libraryFrom(wrong)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
    }
  });

  test('is read whatever JSON its entries hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const entries = libraryFrom({
          docs: [{ id: 'a', title: one, tags: other, kv: one, extractedInfo: other, uploadDate: one }, one],
          form: other,
        });
        expect(entries.some(({ id }) => id === 'a')).toBe(true);
        for (const { kv } of entries)
          expect(Object.values(kv).every((value) => typeof value === 'string' && value !== '')).toBe(true);
      }),
    );
  });

  test('keeps values of any depth by their paths', () => {
    expect(flat({ a: { b: [{ c: true }, 'd'] }, e: '' })).toEqual({ 'a.b.1.c': 'true', 'a.b.2': 'd' });
  });
});
