import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, ROLE_PASSWORDS, urlFor } from '@docusnap/testing';
import { type Program, startProgram } from '../stack/program.ts';

const DATABASE = 'docusnap';

/** The files that open an installation's data, as its deployment mounts them. */
export interface KeyFiles {
  readonly masterKey: string;
  readonly encryptionKeys: string;
  readonly apiKey: string;
}

export interface InstallationOptions {
  readonly root: string;
  readonly folder: string;
  readonly superuserUrl: string;
  readonly blobs: string;
  readonly keys: KeyFiles;
  /** Readers too, with an engine that is cheap; without them it only answers. */
  readonly reads: boolean;
}

export interface Installation {
  readonly url: string;
  stop(): Promise<void>;
}

/** A gateway, and with `reads` an ocr service, on a database and a folder that are there. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { root, folder, blobs, keys } = options;
  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    TMPDIR: folder,
    ...databaseVariables(options.superuserUrl),
    BLOB_DIR: blobs,
    MASTER_KEY_FILE: keys.masterKey,
  };
  const started: Program[] = [];
  const start = async (name: string, script: string, own: Readonly<Record<string, string>>): Promise<Program> => {
    const place = { port: await freePort(), metricsPort: await freePort() };
    const listening = { HOST: '127.0.0.1', PORT: String(place.port), METRICS_PORT: String(place.metricsPort) };
    const environment = { ...variables, ...listening, ...own };
    const program = await startProgram({ name, command: [join(root, script)], environment, ...place, logs });
    started.push(program);
    return program;
  };
  const stop = async (): Promise<void> => void (await Promise.all(started.map((program) => program.stop())));
  try {
    const gateway = await start('gateway', 'services/gateway/src/main.ts', {
      BOOTSTRAP_API_KEY_FILE: keys.apiKey,
      DOCUSNAP_V1: 'on',
      DOCUSNAP_V1_KEYS_FILE: keys.encryptionKeys,
    });
    if (options.reads) {
      const few = { OCR_READERS: '1', PAGE_THREADS: '1' };
      await start('ocr', 'services/ocr/src/rehearsal/stand-in/main.ts', few);
    }
    return { url: `http://127.0.0.1:${gateway.port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The addresses of the roles, for the services and the migration. */
export function databaseVariables(superuserUrl: string): Record<string, string> {
  const as = (role: string, password: string): string => urlFor(superuserUrl, DATABASE, role, password);
  return {
    DATABASE_URL: as('docusnap_api', ROLE_PASSWORDS.apiPassword),
    DATABASE_WORKER_URL: as('docusnap_worker', ROLE_PASSWORDS.workerPassword),
    DATABASE_OWNER_URL: as('docusnap_owner', ROLE_PASSWORDS.ownerPassword),
  };
}
