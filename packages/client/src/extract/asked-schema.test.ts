import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { isDocuSnapError, openDocuSnap } from '../index.ts';
import { askedSchema } from './asked-schema.ts';

const docusnap = openDocuSnap({ url: 'http://127.0.0.1:9' });

test('what the server cannot be asked of a schema is kept from it, and what cannot be asked at all is said', async () => {
  const Line = z.object({ price: z.number().min(0).describe('With tax'), note: z.string().regex(/a/).nullable() });
  expect(askedSchema(z.object({ lines: z.array(Line).max(3), kind: z.enum(['a', 'b']) }))).toEqual({
    type: 'object',
    required: ['lines', 'kind'],
    properties: {
      lines: {
        type: 'array',
        items: {
          type: 'object',
          required: ['price', 'note'],
          properties: { price: { type: 'number', description: 'With tax' }, note: { type: ['string', 'null'] } },
        },
      },
      kind: { type: 'string', enum: ['a', 'b'] },
    },
  });
  const refused = await docusnap
    .extract('/nowhere', z.object({ a: z.union([z.array(z.string()), z.number()]) }))
    .catch((e) => e);
  expect(isDocuSnapError(refused, 'schema_unsupported')).toBe(true);
  expect((await docusnap.extract('/nowhere', z.object({ at: z.date() })).catch((e) => e)).message).toMatch(
    /^The schema cannot be asked for/,
  );
});
