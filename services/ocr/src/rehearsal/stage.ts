import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import {
  BlobSettings,
  jobContext,
  newDataKey,
  newMasterKey,
  openConfiguredStore,
  parseMasterKeys,
  passwordContext,
  sealBytes,
} from '@docusnap/blobs';
import { blobKeyOf, hasEnded, type Job, type JobOptions, type MediaType, type Task } from '@docusnap/contracts';
import {
  closeDatabase,
  createJob,
  type Database,
  ensureBootstrapTenant,
  listenForJobs,
  openDatabase,
  pollJob,
} from '@docusnap/db';
import { openQueue, type Queue } from '@docusnap/queue';
import {
  patiently,
  preparedModelsFolder,
  type TestDatabase,
  type TestRedis,
  temporaryFolder,
  testDatabase,
  testRedis,
} from '@docusnap/testing';
import type { ReaderScript } from './reader-script.ts';

/** Everything around the ocr service that a test of the job flow needs, real: PostgreSQL, the queue, the stored files. For tests only. */
export interface Stage {
  readonly api: Database;
  readonly worker: Database;
  readonly queue: Queue;
  readonly tenantId: string;
  readonly redis: TestRedis | undefined;
  readonly blobFolder: string;
  /** What an ocr service is started with. */
  readonly environment: Record<string, string>;
  /** Stores one job with these files, to be read with `model` where given, and rings for them, `bells` times in all where given. */
  submit(files: readonly (ReaderScript | Buffer)[], options?: SubmitOptions): Promise<string>;
  poll(jobId: string): Promise<Job>;
  /** Resolves when the job satisfies the condition, woken by the database's notifications. */
  until(jobId: string, condition: (job: Job) => boolean): Promise<Job>;
  ended(jobId: string): Promise<Job>;
  /** Any statement, as superuser. */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface SubmitOptions {
  readonly bells?: number;
  /** The job is made when this resolves, its files being stored already: a disk may stall. */
  readonly once?: Promise<void>;
  readonly model?: string;
  /** TIFF unless given: those are opened by a reader, so that scripts decide how many pages there are. */
  readonly mediaType?: MediaType;
  readonly options?: Omit<JobOptions, 'priority' | 'password' | 'model'>;
  /** In the clear. */
  readonly password?: string;
  /** What is to be understood when its pages are read; what is asked is of no interest here. */
  readonly task?: Task;
  /** The stage's unless given; it must be there. */
  readonly tenantId?: string;
}

/** With the variables of a bucket files lie there, else in a folder. */
export async function openStage(kind: 'redis' | 'postgres', bucket?: Record<string, string>): Promise<Stage> {
  const database = await testDatabase();
  const redis = kind === 'redis' ? await testRedis({ private: true }) : undefined;
  const folder = await temporaryFolder('ocr');
  const [api, worker] = [openDatabase(database.apiUrl), openDatabase(database.workerUrl)];
  const superuser = openDatabase(database.superuserUrl, { poolSize: 2 });
  const settings = { redisUrl: redis?.url, databaseUrl: database.workerUrl, onError: () => undefined };
  const queue = await patiently(() => openQueue(settings));
  const tenantId = await patiently(() => ensureBootstrapTenant(worker, { prefix: 'test', hash: randomBytes(32) }));
  const waker = await openWaker(database);
  const masterKey = newMasterKey('test');
  const place = bucket ?? { BLOB_DIR: folder.path };
  const blobs = await openConfiguredStore(BlobSettings.parse(place));

  const submit: Stage['submit'] = async (files, how = {}) => {
    const { bells = files.length, mediaType = 'image/tiff', model, options, password, task } = how;
    const owner = how.tenantId ?? tenantId;
    const id = randomUUIDv7();
    const { dataKey, wrapped } = newDataKey(parseMasterKeys(masterKey), jobContext(id));
    const bytes = files.map((file) => (Buffer.isBuffer(file) ? file : Buffer.from(JSON.stringify(file))));
    for (const [index, content] of bytes.entries()) await blobs.put(blobKeyOf(id, index), dataKey, whole(content));
    await how.once;
    await createJob(api, {
      id,
      tenantId: owner,
      options: {
        priority: 5,
        // Tests read the same picture many times, and mean it.
        cache: false,
        model,
        ...options,
        ...(password
          ? { password: sealBytes(dataKey, passwordContext(id), Buffer.from(password)).toString('base64') }
          : {}),
      },
      metadata: null,
      understanding: task && { task, request: Buffer.from('asked') },
      key: wrapped,
      files: bytes.map((content, index) => ({
        name: `file-${index}`,
        mediaType,
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
    });
    await queue.ring('read', bells, { jobId: id });
    return id;
  };
  const poll = (jobId: string) => pollJob(api, tenantId, jobId);
  const until: Stage['until'] = async (jobId, condition) => {
    for (;;) {
      const woken = waker.next();
      const job = await poll(jobId);
      if (condition(job)) return job;
      await woken;
    }
  };

  return {
    api,
    worker,
    queue,
    tenantId,
    redis,
    blobFolder: folder.path,
    environment: {
      DATABASE_WORKER_URL: database.workerUrl,
      ...(redis ? { REDIS_URL: redis.url } : {}),
      ...place,
      MASTER_KEY: masterKey,
      OCR_PREPARED_DIR: preparedModelsFolder(),
      PORT: '0',
      METRICS_PORT: '0',
    },
    submit,
    poll,
    until,
    ended: (jobId) => until(jobId, ({ status }) => hasEnded(status)),
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await superuser.pool.query<Row>(text, [...values])).rows,
    async close() {
      await waker.close();
      await queue.close();
      await Promise.all([api, worker, superuser].map(closeDatabase));
      await database.drop();
      await redis?.close();
      await folder.remove();
    },
  };
}

async function* whole(content: Buffer): AsyncIterable<Uint8Array> {
  yield content;
}

/** Resolves `next()` at the next change of any job. */
async function openWaker(database: TestDatabase) {
  let change = Promise.withResolvers<void>();
  const wake = (): void => {
    change.resolve();
    change = Promise.withResolvers<void>();
  };
  const listener = await patiently(() => listenForJobs(database.workerUrl, wake, { onReconnect: wake }));
  return { next: () => change.promise, close: () => listener.close() };
}
