import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ROLE_PASSWORDS } from '@docusnap/testing';
import type { Fleet } from './fleet.ts';

const run = promisify(execFile);
const SWEEP = fileURLToPath(new URL('../../../../services/gateway/src/rehearsal/sweep-now/main.ts', import.meta.url));
/** Tables whose rows belong to a job. What is kept beyond jobs by design (receipts of erasing, usage, audit) is not among them. */
const TABLES = ['files', 'pages', 'page_texts', 'units', 'understandings'] as const;

/** What the sweep found, and what lies about behind it. */
export interface Orphans {
  readonly swept: number;
  readonly left: readonly string[];
}

/**
 * Has the product's own sweep remove what belongs to no job (at once, where a gateway would wait a day), then looks at the folder of blobs and the
 * tables for what does not belong to one of the jobs that there are.
 */
export async function findOrphans(fleet: Fleet, jobs: ReadonlySet<string>): Promise<Orphans> {
  const { postgres, disk } = fleet;
  const url = new URL(postgres.superuserUrl);
  [url.username, url.password] = ['docusnap_worker', ROLE_PASSWORDS.workerPassword];
  const { stdout } = await run(process.execPath, [SWEEP], {
    env: { PATH: process.env.PATH, DATABASE_WORKER_URL: url.href, BLOB_DIR: disk.blobs },
  });
  const { orphans, temporary } = JSON.parse(stdout) as { orphans: number; temporary: number };
  const left: string[] = [];
  for (const name of await readdir(disk.blobs, { recursive: true })) {
    const [room = '', id = ''] = name.split('/');
    if (room === '.temporary' ? id !== '' : room === 'jobs' && id !== '' && !jobs.has(id))
      left.push(join('blobs', name));
  }
  for (const table of TABLES) {
    const rows = await postgres.query<{ job_id: string }>(
      `SELECT DISTINCT job_id FROM ${table} WHERE NOT job_id = ANY ($1::uuid[])`,
      [[...jobs]],
    );
    left.push(...rows.map(({ job_id }) => `a row of ${table} of the job ${job_id}`));
  }
  const [units] = await postgres.query<{ count: string }>('SELECT count(*) FROM units', []);
  if (units?.count !== '0') left.push(`${units?.count} units of jobs that have ended`);
  return { swept: orphans + temporary, left };
}
