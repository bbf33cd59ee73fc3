import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { Unit } from '@docusnap/contracts';
import { claimUnit } from '../claim.ts';
import type { Database } from '../connection.ts';
import type { NewJob } from '../jobs.ts';

export interface Walker {
  readonly api: Database;
  readonly worker: Database;
  readonly tenantId: string;
}

export function newJob(tenantId: string, files: number): NewJob {
  return {
    id: randomUUIDv7(),
    tenantId,
    options: { priority: 5 },
    metadata: { walk: true },
    key: { masterKeyId: 'k1', wrapped: randomBytes(60) },
    files: Array.from({ length: files }, (_, index) => ({
      name: `scan-${index}.tiff`,
      mediaType: 'image/tiff' as const,
      bytes: 1_000,
      sha256: 'ab'.repeat(32),
    })),
  };
}

export async function claim({ worker }: Walker): Promise<Unit> {
  const unit = await claimUnit(worker, { holder: 'a walker', served: null });
  if (unit === null) throw new Error('Nothing waits, though it should.');
  return unit;
}
