import { type BlobStore, MasterKeyError, type MasterKeys, openMasterKeys } from '@docusnap/blobs';
import { closeDatabase, type Database, openDatabase, pingDatabase } from '@docusnap/db';
import { openQueue, type Queue } from '@docusnap/queue';
import { ConfigError, type Lifecycle, type Logger } from '@docusnap/runtime';
import { maxRssBytes, type OcrConfig, pagesAtOnce } from './config.ts';
import type { OcrMetrics } from './metrics.ts';
import { passesOf } from './readers/passes.ts';
import { openReaders, type Readers } from './readers/pool.ts';
import { ReaderLost, ReaderUnable } from './readers/reader-lost.ts';

/** Milliseconds a reader may take to load its models. */
const READER_START_MS = 120_000;
/** Connections besides one a reader: two for the sweep, which renewals, reports and health checks share with it. */
const MORE_CONNECTIONS = 2;

export interface Surroundings {
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
}

/** Throws ConfigError where MASTER_KEY cannot be used, or the key service that is to open it fails. */
export async function openKeys(config: OcrConfig): Promise<MasterKeys> {
  try {
    return await openMasterKeys(config.MASTER_KEY, config);
  } catch (error) {
    if (!(error instanceof MasterKeyError)) throw error;
    throw new ConfigError(`MASTER_KEY cannot be used: ${error.message}.`);
  }
}

/** The database and the queue. Throws database_unavailable. */
export async function openStores(
  config: OcrConfig,
  { lifecycle, log }: Surroundings,
): Promise<{ db: Database; queue: Queue }> {
  const db = openDatabase(config.DATABASE_WORKER_URL, {
    poolSize: pagesAtOnce(config) + MORE_CONNECTIONS,
    applicationName: 'docusnap-ocr',
    onError: (error) => log.warn({ err: error }, 'a connection to the database broke'),
  });
  lifecycle.onStop('database', () => closeDatabase(db));
  await pingDatabase(db);
  const queue = await openQueue({
    redisUrl: config.REDIS_URL,
    databaseUrl: config.DATABASE_WORKER_URL,
    onError: (error) => log.error({ err: error }, 'the queue reports an error'),
  });
  lifecycle.onStop('queue', () => queue.close());
  return { db, queue };
}

export interface PoolOptions extends Surroundings {
  readonly metrics: OcrMetrics;
  /** The readers' whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What runs in them. */
  readonly script: URL;
  /** Where they get files from and put images. */
  readonly blobs: BlobStore;
}

/** The readers, their models loaded. Throws ConfigError with the sentence of a reader that cannot start. */
export async function openPool(config: OcrConfig, options: PoolOptions): Promise<Readers> {
  const { lifecycle, log, metrics } = options;
  try {
    const readers = await openReaders({
      count: pagesAtOnce(config),
      seats: config.OCR_PAGES_AT_ONCE,
      pageThreads: config.PAGE_THREADS,
      maxPages: config.READER_MAX_PAGES,
      maxRssBytes: maxRssBytes(config),
      pageTimeoutMs: config.PAGE_TIMEOUT_SECONDS * 1_000,
      startTimeoutMs: READER_START_MS,
      environment: options.environment,
      script: options.script,
      passesFor: passesOf(options.blobs),
      onRecycle(reason, pid, sentence) {
        metrics.recycled(reason);
        log.info({ reason, reader: pid, sentence }, 'reader replaced');
      },
      onStartFailed: (error, retryMs) => log.error({ err: error, retryMs }, 'a reader could not be started'),
    });
    lifecycle.onStop('readers', () => readers.close());
    metrics.watch(readers);
    const { provider, models, start } = readers.state();
    log.info({ provider, models, readers: pagesAtOnce(config), start }, 'readers are ready');
    return readers;
  } catch (error) {
    if (!(error instanceof ReaderUnable || error instanceof ReaderLost)) throw error;
    // For the operator: the reader's own sentence says what is missing, a stack would not.
    throw new ConfigError(
      `The readers cannot start (OCR_EXECUTION_PROVIDER=${config.OCR_EXECUTION_PROVIDER}): ${error.message}`,
    );
  }
}
