import { z } from 'zod';
import { SCOPES } from './key.ts';
import { Id, Time } from './rest.ts';

/** The shapes of `/v1/keys`. */

export const CreateKeyBody = z
  .strictObject({
    name: z.string().min(1).max(100),
    scopes: z.array(z.enum(SCOPES)).min(1).default(['read', 'write']),
    expires_at: z.iso.datetime({ offset: true }).optional(),
    cache: z.boolean().default(true).describe('false: jobs submitted with this key do without the page cache.'),
  })
  .meta({ id: 'CreateKey' });

export const KeyBody = z
  .object({
    id: Id,
    prefix: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    cache: z.boolean(),
    created_at: Time,
    last_used_at: Time.nullable(),
    expires_at: Time.nullable(),
    revoked_at: Time.nullable(),
  })
  .meta({ id: 'Key' });
export type KeyBody = z.infer<typeof KeyBody>;

/** The answer to a creation: the only time the key itself is shown. */
export const NewKeyBody = KeyBody.extend({ key: z.string() }).meta({ id: 'NewKey' });
export type NewKeyBody = z.infer<typeof NewKeyBody>;

export const KeyListBody = z.object({ keys: z.array(KeyBody) }).meta({ id: 'KeyList' });
