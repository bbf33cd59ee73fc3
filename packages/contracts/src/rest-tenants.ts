import { z } from 'zod';
import { Id, Time } from './rest.ts';
import { NewKeyBody } from './rest-keys.ts';
import { TenantLimits } from './tenant.ts';

/** The shapes of `/v1/tenants`, for operators. */

const Name = z.string().min(1).max(100);

export const CreateTenantBody = z
  .strictObject({ name: Name, limits: TenantLimits.default({}) })
  .meta({ id: 'CreateTenant' });

export const ChangeTenantBody = z
  .strictObject({
    name: Name.optional(),
    limits: TenantLimits.optional().describe('In place of all limits the tenant had.'),
    suspended: z.boolean().optional().describe('true: its keys are refused until this is false; its jobs go on.'),
  })
  .meta({ id: 'ChangeTenant' });

export const TenantBody = z
  .object({
    id: Id,
    name: z.string(),
    limits: TenantLimits,
    status: z.enum(['active', 'suspended', 'erasing']),
    created_at: Time,
  })
  .meta({ id: 'Tenant' });
export type TenantBody = z.infer<typeof TenantBody>;

/** The answer to a creation: the only time the tenant's first key is shown. */
export const NewTenantBody = TenantBody.extend({ key: NewKeyBody }).meta({ id: 'NewTenant' });

export const TenantListBody = z
  .object({ tenants: z.array(TenantBody), next_cursor: z.string().nullable() })
  .meta({ id: 'TenantList' });
