import { spawn } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from './folders.ts';
import type { Program } from './keep.ts';
import { openLog } from './logs.ts';
import type { Environment } from './options.ts';
import { portNear } from './ports.ts';
import type { Database } from './postgres.ts';
import { type Secrets, secretPath } from './secrets.ts';

export const DATABASE_NAME = 'docusnap';

/** Set here for the services, whatever the surroundings say: another installation's would lead them to its data. */
const OWN_VARIABLES = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_WORKER_URL',
  'DATABASE_OWNER_URL',
  'MASTER_KEY',
  'BLOB_DIR',
  'BLOB_S3',
  'BOOTSTRAP_API_KEY_FILE',
  'METRICS_PORT',
  'PORT',
  'HOST',
] as const;

export interface Surroundings {
  readonly root: string;
  readonly folders: Folders;
  readonly secrets: Secrets;
  readonly database: Database;
  /** Of the command itself; everything in it that is not set here reaches the services. */
  readonly environment: Environment;
}

/**
 * Glibc gives threads arenas of their own, up to eight a core, and keeps in each what was freed there: 20,000 odd requests made the gateway grow by
 * 124 MiB in their second half, with two arenas by 34. V8's young generation grows to 64 MiB of its own accord; with 16 it
 * held 80 MiB less after the requests of bench:gateway.
 */
export const GATEWAY_MEMORY = { MALLOC_ARENA_MAX: '2', NODE_OPTIONS: '--max-semi-space-size=16' };

/** The young generation of the main process, MiB: with V8's own 16 it held 34 MiB more while 300 scans were read. Readers set their own. */
export const OCR_HEAP = { NODE_OPTIONS: '--max-semi-space-size=4' };

export function gatewayProgram(surroundings: Surroundings, port: number): Program {
  const { database, secrets, folders } = surroundings;
  const apiUrl = database.url('docusnap_api', secrets.apiPassword, DATABASE_NAME);
  return serviceProgram(surroundings, port, {
    name: 'gateway',
    metricsPort: 9464,
    title: 'the gateway',
    suggested: {
      DOCUSNAP_V1: 'on',
      DOCUSNAP_V1_KEYS_FILE: secretPath(folders, 'encryptionKeys'),
      ...GATEWAY_MEMORY,
    },
    variables: {
      DATABASE_URL: apiUrl,
      DATABASE_DIRECT_URL: apiUrl,
      BOOTSTRAP_API_KEY_FILE: secretPath(folders, 'apiKey'),
    },
  });
}

export function ocrProgram(surroundings: Surroundings, port: number): Program {
  return serviceProgram(surroundings, port, {
    name: 'ocr',
    metricsPort: 9501,
    title: 'the ocr service',
    variables: {},
    // What opens the contents that clients encrypt is not for processes that parse foreign files.
    withheld: ['DOCUSNAP_V1'],
    suggested: suggestedForOcr(surroundings.folders),
  });
}

/** Back ends made for CnOCR are answered; models that were fetched by command are found without being told of. */
export function suggestedForOcr({ models, preparedModels }: Folders): Readonly<Record<string, string>> {
  return {
    OCR_COMPAT: 'on',
    OCR_PREPARED_DIR: preparedModels,
    ...OCR_HEAP,
    ...(existsSync(models) ? { OCR_MODELS_DIR: models } : {}),
  };
}

interface ServiceParts {
  readonly name: 'gateway' | 'ocr';
  readonly title: string;
  /** Where its metrics are, unless that port is taken; nobody needs to know it to use the system. */
  readonly metricsPort: number;
  readonly variables: Readonly<Record<string, string>>;
  /** Beginnings of variables that it does not get from the surroundings. */
  readonly withheld?: readonly string[];
  /** What holds unless the surroundings say something else. */
  readonly suggested: Readonly<Record<string, string>>;
}

function serviceProgram(surroundings: Surroundings, port: number, service: ServiceParts): Program {
  const { root, folders, secrets, database } = surroundings;
  const log = join(folders.logs, `${service.name}.log`);
  const inherited = Object.entries(surroundings.environment).filter(
    ([name]) =>
      !OWN_VARIABLES.some((own) => name === own || name === `${own}_FILE`) &&
      !service.withheld?.some((prefix) => name.startsWith(prefix)),
  );
  return {
    title: service.title,
    log,
    async spawn() {
      const output = openLog(log);
      try {
        return spawn(process.execPath, [join(root, 'services', service.name, 'src', 'main.ts')], {
          cwd: root,
          env: {
            ...Object.fromEntries(inherited),
            ...unlessSet(surroundings.environment, service.suggested),
            HOST: '127.0.0.1',
            PORT: String(port),
            METRICS_PORT: String(await portNear(service.metricsPort)),
            DATABASE_WORKER_URL: database.url('docusnap_worker', secrets.workerPassword, DATABASE_NAME),
            BLOB_DIR: folders.blobs,
            MASTER_KEY_FILE: secretPath(folders, 'masterKey'),
            ...service.variables,
          },
          // A session of its own, so that only the supervisor stops it; through the channel it learns when the supervisor is gone.
          detached: true,
          stdio: ['ignore', output, output, 'ipc'],
        });
      } finally {
        closeSync(output);
      }
    },
    async isReady() {
      return isHealthy(`http://127.0.0.1:${port}/readyz`);
    },
    stopSignal: 'SIGTERM',
    stopGraceMs: 15_000,
    startLimitMs: 120_000,
    startTries: 3,
  };
}

/** Of some variables those that the surroundings give no value, neither themselves nor as a file that holds it. */
export function unlessSet(environment: Environment, suggested: Readonly<Record<string, string>>): Environment {
  return Object.fromEntries(
    Object.entries(suggested).filter(([name]) => !environment[name] && !environment[`${name}_FILE`]),
  );
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet; the caller asks until its time is up and then shows the service's log.
    return false;
  }
}
