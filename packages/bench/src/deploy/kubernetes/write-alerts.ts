import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALERTS, alertsForOperator } from './alerts.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
await writeFile(join(root, ALERTS), await alertsForOperator(root));
