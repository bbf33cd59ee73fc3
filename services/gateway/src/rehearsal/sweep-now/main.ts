import { openBlobStore } from '@docusnap/blobs';
import { closeDatabase, openDatabase } from '@docusnap/db';
import { openLog } from '@docusnap/runtime';
import { removeErased } from '../../retention/remove-erased.ts';
import { sweepOrphans } from '../../retention/sweep-orphans.ts';

/** For tests only: what a gateway tidies each hour, at once and without regard to age. Nothing may be submitted meanwhile. */
const { DATABASE_WORKER_URL = '', BLOB_DIR = '' } = process.env;
const db = openDatabase(DATABASE_WORKER_URL, { poolSize: 2 });
const blobs = openBlobStore(BLOB_DIR);
const ports = { db, blobs, log: openLog({ service: 'sweep', level: 'warn' }) };
while ((await removeErased(ports)).isMore);
const orphans = await sweepOrphans(ports, { olderThanMs: -1_000 });
const temporary = await blobs.sweepTemporary(-1_000);
await closeDatabase(db);
// The answer to whoever started it, not a line of the log.
process.stdout.write(`${JSON.stringify({ orphans, temporary })}\n`);
