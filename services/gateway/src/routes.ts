import { AUDIT_ROUTES } from './audit/routes.ts';
import { BATCH_ROUTES } from './batches/routes.ts';
import { CONSOLE_ROUTES } from './console/routes.ts';
import { JOB_ROUTES } from './jobs/routes.ts';
import { KEY_ROUTES } from './keys/routes.ts';
import type { Route } from './route.ts';
import { SYSTEM_ROUTES } from './system/routes.ts';
import { TENANT_ROUTES } from './tenants/routes.ts';
import { USAGE_ROUTES } from './usage/routes.ts';
import { WEBHOOK_ROUTES } from './webhooks/routes.ts';

/** Every call that needs a key, and how a browser comes by one's rights, by the room that answers it. What else is public (health, this table's document) is in public-routes.ts. */
export const KEYED_ROUTES: readonly Route[] = [
  ...JOB_ROUTES,
  ...BATCH_ROUTES,
  ...KEY_ROUTES,
  ...WEBHOOK_ROUTES,
  ...USAGE_ROUTES,
  ...AUDIT_ROUTES,
  ...TENANT_ROUTES,
  ...SYSTEM_ROUTES,
  ...CONSOLE_ROUTES,
];
