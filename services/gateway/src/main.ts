import { openBlobStore } from '@docusnap/blobs';
import { LIMITS } from '@docusnap/contracts';
import { closeDatabase, jobVersions, listenForJobs, openDatabase, sweep, unitCounts } from '@docusnap/db';
import { openQueue } from '@docusnap/queue';
import {
  listen,
  openLog,
  openMetrics,
  readConfig,
  runService,
  serveMetrics,
  startSweep,
  watchEventLoop,
} from '@docusnap/runtime';
import { createApp } from './app.ts';
import { GatewayConfig } from './config.ts';
import { openOverlays } from './jobs/overlay/overlays.ts';
import { bootstrapKey } from './keys/bootstrap.ts';
import { openGatewayMetrics } from './metrics.ts';
import { openRunning } from './running.ts';
import { closeApiServer, createApiServer } from './server.ts';
import { startTidying } from './tidying.ts';
import { openWake } from './wake.ts';

/** Requests that still run this long after the process was told to stop are cut; held polls and streams end at once. */
const STOP_GRACE_MS = 6_000;
const HEARTBEAT_MS = 15_000;
/** PDFs that get text layers at once: each is held in memory whole. */
const OVERLAYS_AT_ONCE = 2;
/** A JSON submit holds files in base64, four bytes for three, and a little around them. */
const jsonBytes = (imageBytes: number): number => Math.ceil((imageBytes * 4) / 3) + 64 * 1024;

runService(process, 'gateway', async (lifecycle) => {
  const config = readConfig(GatewayConfig, process.env);
  const log = openLog({ service: 'gateway', level: config.LOG_LEVEL });
  lifecycle.useLog(log);
  const onError = (err: unknown): void => log.warn({ err }, 'a connection in the background failed');
  const blobs = openBlobStore(config.BLOB_DIR);

  const tidying = startTidying(blobs, log);
  lifecycle.onStop('tidying', () => tidying.stop());

  const db = openDatabase(config.DATABASE_URL, { applicationName: 'docusnap-gateway', onError });
  lifecycle.onStop('database', () => closeDatabase(db));
  // A sweep holds one connection while it uses another; the counts of units need a third.
  const workerDb = openDatabase(config.DATABASE_WORKER_URL, {
    applicationName: 'docusnap-gateway-sweep',
    poolSize: 3,
    onError,
  });
  lifecycle.onStop('worker database', () => closeDatabase(workerDb));
  if (config.BOOTSTRAP_API_KEY_FILE) await bootstrapKey(workerDb, config.BOOTSTRAP_API_KEY_FILE);

  const directUrl = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL;
  const queue = await openQueue({ redisUrl: config.REDIS_URL, databaseUrl: directUrl, onError });
  lifecycle.onStop('queue', () => queue.close());
  const swept = startSweep({
    sweep: () => sweep(workerDb, { countBells: () => queue.countBells('read') }),
    ring: (count) => queue.ring('read', count, { jobId: null }),
    log,
  });
  lifecycle.onStop('sweep', () => swept.stop());

  const wake = openWake({ jobVersions: (ids) => jobVersions(db, ids), onError, stopping: lifecycle.stopping });
  const listener = await listenForJobs(directUrl, wake.notify, { onReconnect: wake.notifyAll, onError });
  lifecycle.onStop('notifications', () => listener.close());

  const metrics = openMetrics();
  const countUnits = () =>
    unitCounts(workerDb).catch((error: unknown) => {
      onError(error);
      return null;
    });
  const loop = watchEventLoop(metrics);
  lifecycle.onStop('event loop watch', () => loop.stop());
  const running = openRunning();
  const app = createApp({
    db,
    blobs,
    queue,
    masterKeys: config.MASTER_KEY,
    log,
    metrics: openGatewayMetrics(metrics, { unitCounts: countUnits, heldPolls: wake.held }),
    limits: {
      filesPerJob: LIMITS.filesPerJob,
      imageBytes: config.MAX_IMAGE_BYTES,
      pdfBytes: config.MAX_PDF_BYTES,
      documentBytes: config.MAX_DOCUMENT_BYTES,
      pagePixels: config.MAX_PAGE_PIXELS,
      jsonBytes: jsonBytes(config.MAX_IMAGE_BYTES),
    },
    wake,
    modelSets: config.OCR_MODELS,
    heartbeatMs: HEARTBEAT_MS,
    stopping: lifecycle.stopping,
    running,
    overlays: openOverlays({ atOnce: OVERLAYS_AT_ONCE }),
  });
  lifecycle.onStop('requests', () => running.settled());
  const measured = await serveMetrics(metrics.registry, { host: config.HOST, port: config.METRICS_PORT });
  lifecycle.onStop('metrics', () => measured.close());
  const server = createApiServer(app);
  lifecycle.onStop('api', () => closeApiServer(server, { graceMs: STOP_GRACE_MS }));
  const port = await listen(server, { host: config.HOST, port: config.PORT, variable: 'PORT' });
  log.info({ host: config.HOST, port, metrics_port: measured.port, queue: queue.kind }, 'listening');
});
