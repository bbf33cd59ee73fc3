import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openChangeableKeys, openConfiguredStore } from '@docusnap/blobs';
import {
  busiestTenants,
  closeDatabase,
  connectionCounts,
  jobVersions,
  listenForJobs,
  openDatabase,
  openReplica,
  sweep,
  workCounts,
} from '@docusnap/db';
import { openQueue } from '@docusnap/queue';
import {
  ConfigError,
  listen,
  openLog,
  openMetrics,
  openTraces,
  PRODUCT_VERSION,
  readReloadable,
  runService,
  SWEEP_TURN_SECONDS,
  serveMetrics,
  startReloading,
  startSweep,
  tellBuild,
  watchConnections,
  watchEventLoop,
} from '@docusnap/runtime';
import { openAccess } from './access.ts';
import { checksOf, createApp } from './app.ts';
import { GatewayConfig } from './config.ts';
import { openSignInAttempts } from './console/attempts.ts';
import { openBuiltFiles } from './console/files.ts';
import { startDocuSnapV1 } from './docusnap-v1/start.ts';
import { startV1Sweep } from './docusnap-v1/sweep.ts';
import { PUBLIC_INTERNET } from './fetch/reach.ts';
import { openOverlays } from './jobs/overlay/overlays.ts';
import { bootstrapKey } from './keys/bootstrap.ts';
import { NAMED_TENANTS, openGatewayMetrics } from './metrics.ts';
import { openKeys } from './open-keys.ts';
import { openConfiguredPressure } from './pressure/open-pressure.ts';
import { longestJson, openChangeableLimits } from './reload/limits.ts';
import { prepareReload, type ReloadPorts } from './reload/prepare.ts';
import { RELOADABLE } from './reload/reloadable.ts';
import { showReplica } from './replica-metrics.ts';
import { startRetention } from './retention/retention.ts';
import { openRunning } from './running.ts';
import { closeApiServer, createApiServer } from './server.ts';
import { settleHeap } from './settle-heap.ts';
import { openSystemSources } from './system/sources.ts';
import { startTidying } from './tidying.ts';
import { modelConfigOf } from './understand/model/model-config.ts';
import { openLane } from './understand/open-lane.ts';
import { openWake } from './wake.ts';
import { openWebhooks } from './webhooks/open-webhooks.ts';

/** Requests that still run this long after the process was told to stop are cut; held polls and streams end at once. */
const STOP_GRACE_MS = 6_000;
const HEARTBEAT_MS = 15_000;
const DAY_SECONDS = 86_400;
/** Where packages/console/build.mjs puts what it builds. */
const CONSOLE_FOLDER = fileURLToPath(new URL('../../../packages/console/dist', import.meta.url));
/** PDFs that get text layers at once: each is held in memory whole. */
const OVERLAYS_AT_ONCE = 2;

runService(process, 'gateway', async (lifecycle) => {
  const role = readRole(process.argv.slice(2));
  const configured = { schema: GatewayConfig, env: process.env, reloadable: RELOADABLE };
  const config = readReloadable(configured);
  const log = openLog({ service: 'gateway', level: config.LOG_LEVEL, joinedUntilExitOf: process });
  lifecycle.useLog(log);
  const onError = (err: unknown): void => log.warn({ err }, 'a connection in the background failed');
  const traces = await openTraces(config, { service: 'gateway', version: PRODUCT_VERSION });
  lifecycle.onStop('traces', traces.close);
  const changeableKeys = openChangeableKeys(await openKeys(config));
  const masterKeys = changeableKeys.keys;
  const blobs = await openConfiguredStore(config);

  const db = openDatabase(config.DATABASE_URL, { applicationName: 'docusnap-gateway', forCallers: true, onError });
  lifecycle.onStop('database', () => closeDatabase(db));
  // A sweep holds one connection while it uses another; the counts of units need a third, erasing a fourth, and each job that is understood one.
  const workerDb = openDatabase(config.DATABASE_WORKER_URL, {
    applicationName: 'docusnap-gateway-sweep',
    poolSize: 4 + config.UNDERSTAND_CONCURRENCY,
    onError,
  });
  lifecycle.onStop('worker database', () => closeDatabase(workerDb));
  const retentionPorts = { db: workerDb, blobs, log };
  const tidying = startTidying(retentionPorts);
  lifecycle.onStop('tidying', () => tidying.stop());
  const retention = startRetention(retentionPorts, { keepSeconds: config.RETENTION_DAYS * DAY_SECONDS });
  lifecycle.onStop('retention', () => retention.stop());
  if (config.BOOTSTRAP_API_KEY_FILE) await bootstrapKey(workerDb, config.BOOTSTRAP_API_KEY_FILE);

  const directUrl = config.DATABASE_DIRECT_URL ?? config.DATABASE_URL;
  const queue = await openQueue({ redisUrl: config.REDIS_URL, databaseUrl: directUrl, onError });
  lifecycle.onStop('queue', () => queue.close());
  const swept = startSweep({
    sweep: () => sweep(workerDb, { countBells: queue.countBells, everySeconds: SWEEP_TURN_SECONDS }),
    ring: (lane, count) => queue.ring(lane, count, { jobId: null }),
    log,
  });
  lifecycle.onStop('sweep', () => swept.stop());

  const metrics = openMetrics();
  const loop = watchEventLoop(metrics);
  lifecycle.onStop('event loop watch', () => loop.stop());
  tellBuild(metrics, { service: 'gateway' });
  const connections = watchConnections(metrics);
  connections.add('api', () => connectionCounts(db));
  connections.add('worker', () => connectionCounts(workerDb));
  // Who only understands has no other address to be asked at.
  const checks = role === 'understand' ? checksOf({ db: workerDb, blobs, queue }) : undefined;
  const measured = await serveMetrics(metrics.registry, { host: config.HOST, port: config.METRICS_PORT, checks });
  lifecycle.onStop('metrics', () => measured.close());
  const understanding = { model: modelConfigOf(config), concurrency: config.UNDERSTAND_CONCURRENCY };
  if (understanding.concurrency > 0) {
    await openLane(
      { db: workerDb, directUrl, queue, blobs, masterKeys, lifecycle, log, metrics, traces },
      understanding,
    );
  }
  const reloadFor = (ports: Pick<ReloadPorts, 'limits' | 'docuSnapV1'>): void => {
    const all = { log, workerDb, masterKeys: changeableKeys, ...ports };
    const prepare: Parameters<typeof startReloading>[0]['prepare'] = (next, changed) =>
      prepareReload(all, next as GatewayConfig, changed);
    const reloading = startReloading({ ...configured, config, host: process, log, prepare });
    lifecycle.onStop('reloading', () => reloading.stop());
  };
  if (role === 'understand') {
    reloadFor({});
    log.info({ metrics_port: measured.port, queue: queue.kind }, 'ready');
    return;
  }

  const policy = { publicHosts: config.FETCH_PUBLIC === 'on', allow: config.FETCH_ALLOW, deny: config.FETCH_DENY };
  const reach = { ...PUBLIC_INTERNET, policy };
  const concurrency = config.WEBHOOK_CONCURRENCY;
  const webhookPorts = {
    databaseUrl: config.DATABASE_WORKER_URL,
    masterKeys,
    reach,
    lifecycle,
    log,
    metrics,
    connections,
    traces,
  };
  const deliver = concurrency > 0 ? openWebhooks(webhookPorts, { concurrency }) : () => undefined;

  const replica =
    config.DATABASE_REPLICA_URL === undefined
      ? undefined
      : openReplica(config.DATABASE_REPLICA_URL, db, {
          maxLagSeconds: config.REPLICA_MAX_LAG_SECONDS,
          applicationName: 'docusnap-gateway-replica',
          onChange: (is_used, why) => log.info({ is_used, why }, 'the replica'),
          onError,
        });
  lifecycle.onStop('replica', () => replica?.close());
  showReplica(metrics, replica);
  const wake = openWake({ jobVersions: (ids) => jobVersions(db, ids), onError, stopping: lifecycle.stopping });
  const listener = await listenForJobs(
    directUrl,
    (jobId, now) => {
      wake.notify(jobId, now);
      if (now?.ended) deliver();
    },
    { onReconnect: wake.notifyAll, onError },
  );
  lifecycle.onStop('notifications', () => listener.close());

  const orNull = <Seen>(look: Promise<Seen>): Promise<Seen | null> =>
    look.catch((error: unknown) => {
      onError(error);
      return null;
    });
  const sources = {
    workCounts: () => orNull(workCounts(workerDb)),
    busiestTenants: () => orNull(busiestTenants(workerDb, NAMED_TENANTS)),
    heldPolls: wake.held,
  };
  const limits = openChangeableLimits(config);
  const pressureSources = { workerDb, metrics, longestJson: longestJson(config) };
  const pressure = await openConfiguredPressure(pressureSources, config);
  const running = openRunning();
  const docuSnapV1 = await startDocuSnapV1(workerDb, config);
  if (docuSnapV1) {
    const v1Sweep = startV1Sweep({ db, blobs, log }, docuSnapV1.limits);
    lifecycle.onStop('docusnap v1', async () => {
      await v1Sweep.stop();
      await docuSnapV1.close();
    });
  }
  const app = createApp(
    {
      db,
      replica,
      blobs,
      queue,
      masterKeys,
      log,
      metrics: openGatewayMetrics(metrics, sources),
      traces,
      limits: limits.limits,
      wake,
      reach: config.URL_INPUT === 'on' ? reach : undefined,
      fetchPolicy: policy,
      modelSets: config.OCR_MODELS,
      heartbeatMs: HEARTBEAT_MS,
      stopping: lifecycle.stopping,
      running,
      pressure,
      overlays: openOverlays({ atOnce: OVERLAYS_AT_ONCE }),
      docuSnapV1,
      system: openSystemSources(config.BLOB_DIR, understanding.model, { leastFreeBytes: config.MIN_FREE_DISK_BYTES }),
      signIns: openSignInAttempts(),
      console: config.CONSOLE === 'on' ? openBuiltFiles(CONSOLE_FOLDER) : undefined,
      ...openAccess({ db, lifecycle, log }, config),
    },
    { trustedProxies: config.TRUSTED_PROXIES, corsOrigins: config.CORS_ORIGINS },
  );
  lifecycle.onStop('requests', () => running.settled());
  const server = createApiServer(app);
  lifecycle.onStop('api', () => closeApiServer(server, { graceMs: STOP_GRACE_MS }));
  const port = await listen(server, { host: config.HOST, port: config.PORT, variable: 'PORT' });
  reloadFor({ limits, docuSnapV1 });
  settleHeap();
  log.info({ host: config.HOST, port, metrics_port: measured.port, queue: queue.kind }, 'listening');
});

/** `--role understand`: a process that only understands. Throws ConfigError for anything else that is not known. */
function readRole(args: readonly string[]): 'gateway' | 'understand' {
  const { role } = parseArgs({ args: [...args], options: { role: { type: 'string', default: 'gateway' } } }).values;
  if (role !== 'gateway' && role !== 'understand') {
    throw new ConfigError(`--role has to be gateway or understand, not "${role}".`);
  }
  return role;
}
