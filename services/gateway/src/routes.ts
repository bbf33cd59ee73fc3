import { JOB_ROUTES } from './jobs/routes.ts';
import { KEY_ROUTES } from './keys/routes.ts';
import type { Route } from './route.ts';

/** Every call that needs a key, by the room that answers it. What is public (health, this table's document) is in public-routes.ts. */
export const KEYED_ROUTES: readonly Route[] = [...JOB_ROUTES, ...KEY_ROUTES];
