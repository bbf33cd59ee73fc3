import { hostname } from 'node:os';
import { type MasterKeys, openConfiguredStore } from '@docusnap/blobs';
import type { Unit } from '@docusnap/contracts';
import { connectionCounts, heldUnits, pingDatabase, renewUnits, reportRate, sweep, withdrawRate } from '@docusnap/db';
import {
  listen,
  openLeases,
  openMetrics,
  openTraces,
  PRODUCT_VERSION,
  SWEEP_TURN_SECONDS,
  serveMetrics,
  startSweep,
  tellBuild,
  watchConnections,
  watchEventLoop,
} from '@docusnap/runtime';
import { type OcrConfig, pagesAtOnce } from './config.ts';
import { finishInHand } from './finish.ts';
import { createApps } from './http/app.ts';
import { compatProof, createInternalServer, createPlainServer, internalProof } from './http/server.ts';
import { openLaterRenditions } from './later-renditions.ts';
import { openOcrMetrics } from './metrics.ts';
import { openKeys, openPool, openStores, type Surroundings } from './open.ts';
import { prepareForReaders } from './prepare.ts';
import { openRate, startReporting } from './rate.ts';
import { type Stopwatch, startStopwatch } from './reader/stopwatch.ts';
import { readingVersion } from './reading-version.ts';
import { openRenditionMarks } from './rendition-marks.ts';
import { makeRenditions } from './renditions.ts';
import { answerBell } from './work.ts';
import type { Worker } from './worker.ts';

/** No caller waits for this loop for less: what is to be seen is whether it stands still. */
const LOOP_LOOKS_MS = 100;

export interface StartOptions extends Surroundings {
  /** The readers' environment, but for the folder of their models. */
  readonly readerEnvironment: Readonly<Record<string, string>>;
  /** The environment of the process that prepares their models; without it they need none. */
  readonly preparationEnvironment?: Readonly<Record<string, string>>;
  /** Opened already, where they may change while it runs. */
  readonly masterKeys?: MasterKeys;
  /** What runs in the readers. */
  readonly readerScript: URL;
  /** What the start took so far. */
  readonly watch?: Stopwatch;
}

/** Where the service listens. */
export interface Addresses {
  readonly port: number;
  readonly metricsPort: number;
  /** Of the compatible calls, where they have one of their own. */
  readonly compatPort: number | undefined;
}

/** Opens and wires everything, and begins to take work. Each step registers what undoes it. Throws ConfigError and AppErrors. */
export async function startOcr(config: OcrConfig, options: StartOptions): Promise<Addresses> {
  const { lifecycle, log, watch = startStopwatch() } = options;
  const traces = await openTraces(config, { service: 'ocr', version: PRODUCT_VERSION });
  lifecycle.onStop('traces', traces.close);
  const measures = openMetrics();
  tellBuild(measures, { service: 'ocr' });
  lifecycle.onStop('event loop watch', watchEventLoop(measures, { resolutionMs: LOOP_LOOKS_MS }).stop);
  const metricsServer = await serveMetrics(measures.registry, {
    host: config.HOST,
    port: config.METRICS_PORT,
    loopLooksMs: LOOP_LOOKS_MS,
  });
  lifecycle.onStop('metrics', metricsServer.close);

  const metrics = openOcrMetrics(measures);
  const masterKeys = options.masterKeys ?? (await openKeys(config));
  const blobs = await openConfiguredStore(config);
  const reading = readingVersion();
  watch.lap('services');
  const preparing = prepareForReaders(config, { ...options, reading });
  // Its failure is told below, unless the stores fail before.
  preparing.catch(() => undefined);
  const { db, queue } = await openStores(config, options);
  watch.lap('stores');
  watchConnections(measures).add('worker', () => connectionCounts(db));
  const environment = { ...options.readerEnvironment, ...(await preparing) };
  watch.lap('models');
  const pool = { environment, script: options.readerScript, blobs };
  // Not beside the stores: on a busy machine a database was taken for away while readers that started kept all cores.
  const readers = await openPool(config, { ...options, ...pool, metrics });
  watch.lap('readers');
  const leases = openLeases<Unit>({
    renew: (units) => renewUnits(db, units),
    // PostgreSQL wakes every process that listens to whatever at every page that anybody saves: with 64 of them that took 2 ms of its processor time a
    // page, as much as all else. So it is looked whether a page that takes long was cancelled meanwhile.
    look: (units) => heldUnits(db, units),
    onError: (error) => log.warn({ err: error }, 'leases could not be renewed; trying again'),
  });
  lifecycle.onStop('leases', leases.close);
  const graceOver = new AbortController();
  const signals = { stopping: lifecycle.stopping, graceOver: graceOver.signal };
  const names = { holder: `${hostname()}:${process.pid}`, maxPixels: config.MAX_PAGE_PIXELS };
  const stored = { blobs, reading: await reading };
  const rate = openRate();
  const marks = openRenditionMarks({ db, blobs, log });
  lifecycle.onStop('what became of images', marks.close);
  const later = openLaterRenditions(readers, { make: (reader, page) => makeRenditions(worker, reader, page) });
  lifecycle.onStop('images put off', later.close);
  const worker: Worker = {
    db,
    queue,
    masterKeys,
    readers,
    leases,
    metrics,
    rate,
    marks,
    later,
    served: new Map(),
    log,
    traces,
    ...stored,
    ...names,
    ...signals,
  };

  const sweeping = startSweep({
    sweep: () => sweep(db, { countBells: queue.countBells, everySeconds: SWEEP_TURN_SECONDS }),
    ring: (lane, count) => queue.ring(lane, count, { jobId: null }),
    log,
  });
  lifecycle.onStop('sweep', sweeping.stop);
  const about = { version: PRODUCT_VERSION, models: config.OCR_MODELS, provider: config.OCR_EXECUTION_PROVIDER };
  const reporting = startReporting({
    report: () => reportRate(db, names.holder, { readers: readers.state().ready, pageMs: rate.pageMs(), about }),
    withdraw: () => withdrawRate(db, names.holder),
    onError: (err) => log.warn({ err }, 'how fast pages are read could not be reported'),
  });
  lifecycle.onStop('reporting', reporting.stop);
  const apps = appsOf(worker, config);
  const server = createInternalServer(apps.internal, config);
  const port = await listen(server, { host: config.HOST, port: config.PORT, variable: 'PORT' });
  const compat = apps.compat && createPlainServer(apps.compat);
  const compatAt = { host: config.HOST, port: config.OCR_COMPAT_PORT ?? 0, variable: 'OCR_COMPAT_PORT' };
  const compatPort = compat && (await listen(compat, compatAt));
  const servers = compat ? [server, compat] : [server];
  const listener = queue.listen('read', pagesAtOnce(config), (bell) => answerBell(worker, bell));
  const graceMs = config.STOP_GRACE_SECONDS * 1_000;
  lifecycle.onStop('work in hand', () => finishInHand({ listener, servers, readers, graceOver, graceMs }));
  await listener.ready;
  const addresses = { port, metricsPort: metricsServer.port, compatPort };
  watch.lap('listening');
  const start = watch.times();
  log.info({ host: config.HOST, ...addresses, queue: queue.kind, auth: config.INTERNAL_AUTH, start }, 'ready');
  return addresses;
}

function appsOf({ db, queue, readers, metrics, traces, log }: Worker, config: OcrConfig) {
  const requireReader = async () => {
    if (readers.state().ready === 0) throw new Error('No reader is ready.');
  };
  return createApps(readers, {
    checks: {
      database: { required: true, run: () => pingDatabase(db) },
      readers: { required: true, run: requireReader },
      queue: { required: false, run: () => queue.ping() },
    },
    queueKind: queue.kind,
    metrics,
    traces,
    log,
    maxBytes: config.MAX_IMAGE_BYTES,
    maxPixels: config.MAX_PAGE_PIXELS,
    proof: internalProof(config),
    compatProof: compatProof(config),
    compatApart: config.OCR_COMPAT_PORT !== undefined,
  });
}
