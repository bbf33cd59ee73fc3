import { type BacklogLimits, type Database, setBacklogLimits } from '@docusnap/db';
import type { Metrics } from '@docusnap/runtime';
import type { GatewayConfig } from '../config.ts';
import { freeDisk } from './disk.ts';
import { freeMemory } from './memory.ts';
import { openPressure, PRESSURE_CODES, type Pressure } from './pressure.ts';

interface Surroundings {
  /** As docusnap_worker. */
  readonly workerDb: Database;
  readonly metrics: Metrics;
  /** Most bytes that a JSON body may have. */
  readonly longestJson: number;
}

type Config = Pick<
  GatewayConfig,
  | 'BLOB_DIR'
  | 'MAX_WAITING_UNITS'
  | 'MAX_WAITING_BYTES'
  | 'TENANT_WAITING_UNITS'
  | 'TENANT_WAITING_BYTES'
  | 'UPLOAD_BYTES_AT_ONCE'
  | 'JSON_BYTES_AT_ONCE'
  | 'MIN_FREE_MEMORY_BYTES'
  | 'MIN_FREE_DISK_BYTES'
>;

/** How much may wait, for all processes. */
export function backlogLimitsOf(
  config: Pick<Config, 'MAX_WAITING_UNITS' | 'MAX_WAITING_BYTES' | 'TENANT_WAITING_UNITS' | 'TENANT_WAITING_BYTES'>,
): BacklogLimits {
  return {
    units: config.MAX_WAITING_UNITS,
    bytes: config.MAX_WAITING_BYTES,
    unitsOfTenant: config.TENANT_WAITING_UNITS,
    bytesOfTenant: config.TENANT_WAITING_BYTES,
  };
}

/** What this process takes in, and, for all processes, how much may wait, both from its configuration. */
export async function openConfiguredPressure(surroundings: Surroundings, config: Config): Promise<Pressure> {
  await setBacklogLimits(surroundings.workerDb, backlogLimitsOf(config));
  const refusals = surroundings.metrics.counter({
    name: 'docusnap_refusals_total',
    help: 'Requests refused because there was no room for them, by the code they were refused with.',
    labelNames: ['code'],
  });
  for (const code of PRESSURE_CODES) refusals.inc({ code }, 0);
  const limits = {
    uploadBytes: config.UPLOAD_BYTES_AT_ONCE,
    jsonBytes: config.JSON_BYTES_AT_ONCE,
    freeMemoryBytes: config.MIN_FREE_MEMORY_BYTES,
    freeDiskBytes: config.MIN_FREE_DISK_BYTES,
  };
  const blobFolder = config.BLOB_DIR;
  const pressure = openPressure(limits, {
    freeMemory: () => freeMemory(),
    // Where files are stored elsewhere, that is their keeper's concern.
    freeDisk: async () => (blobFolder === undefined ? null : freeDisk(blobFolder)),
    longestJson: surroundings.longestJson,
    onRefusal: (code) => refusals.inc({ code }),
  });
  surroundings.metrics.gauge({
    name: 'docusnap_receiving_bytes',
    help: 'Bytes of request bodies that are being received, as announced: uploads, and JSON, which is held in memory.',
    labelNames: ['kind'],
    collect() {
      const { uploads, json } = pressure.held();
      this.set({ kind: 'uploads' }, uploads);
      this.set({ kind: 'json' }, json);
    },
  });
  return pressure;
}
