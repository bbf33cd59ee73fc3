import { z } from 'zod';
import { SCOPES } from './key.ts';
import { Id, Time } from './rest.ts';
import { TenantLimits } from './tenant.ts';

/** The shapes of `/v1/keys`. */

const Name = z.string().min(1).max(100);
const ExpiresAt = z.iso.datetime({ offset: true });

export const CreateKeyBody = z
  .strictObject({
    name: Name,
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .default(['read', 'write'])
      .describe('read, write and admin are of the own tenant. Only an operator makes keys with the scope operator.'),
    expires_at: ExpiresAt.optional(),
    cache: z.boolean().default(true).describe('false: jobs submitted with this key do without the page cache.'),
    limits: TenantLimits.default({}).describe('Besides those of the tenant: of two limits the tighter one counts.'),
  })
  .meta({ id: 'CreateKey' });

export const ChangeKeyBody = z
  .strictObject({
    name: Name.optional(),
    expires_at: ExpiresAt.nullable().optional().describe('null: it does not expire.'),
    limits: TenantLimits.optional().describe('In place of all limits the key had.'),
  })
  .meta({ id: 'ChangeKey' });

export const KeyBody = z
  .object({
    id: Id,
    prefix: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    cache: z.boolean(),
    limits: TenantLimits,
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
