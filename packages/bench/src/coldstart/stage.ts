import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, ROLE_PASSWORDS, startDurablePostgres, temporaryFolder } from '@docusnap/testing';
import { startService } from '../chaos/service.ts';
import { type Client, openClient } from '../client.ts';

const GATEWAY = fileURLToPath(new URL('../../../../services/gateway/src/main.ts', import.meta.url));
const ADDRESS = '127.0.0.1';

/** All that an ocr service needs around it: a gateway that takes pages, PostgreSQL that holds them, and a folder that goes with it. */
export interface Stage {
  readonly client: Client;
  readonly folder: string;
  /** What an ocr service finds in its environment, whatever is in ours; ports are its own. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const closing: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (let step = closing.pop(); step; step = closing.pop()) await step();
  };
  try {
    const { path: folder, remove } = await temporaryFolder('coldstart');
    closing.push(remove);
    const postgres = await startDurablePostgres({ address: ADDRESS, port: await freePort(), enter: [] });
    closing.push(postgres.close);
    const { pathname } = new URL(postgres.superuserUrl);
    const url = (role: string, password: string) =>
      `postgres://${role}:${password}@${ADDRESS}:${postgres.port}${pathname}`;
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      TMPDIR: folder,
      HOST: ADDRESS,
      DATABASE_WORKER_URL: url('docusnap_worker', ROLE_PASSWORDS.workerPassword),
      BLOB_DIR: join(folder, 'blobs'),
      MASTER_KEY: `coldstart:${randomBytes(32).toString('base64')}`,
    };
    await mkdir(environment.BLOB_DIR, { mode: 0o700 });
    const api = url('docusnap_api', ROLE_PASSWORDS.apiPassword);
    const { address, key, stop } = await startGateway(folder, { ...environment, DATABASE_URL: api });
    closing.push(stop);
    const client = openClient(address, key);
    closing.push(() => client.agent.destroy());
    return { client, folder, environment, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startGateway(folder: string, environment: Readonly<Record<string, string>>) {
  const key = `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
  const port = await freePort();
  const gateway = startService({
    name: 'gateway',
    enter: [],
    command: [GATEWAY],
    environment: {
      ...environment,
      PORT: String(port),
      METRICS_PORT: String(await freePort()),
      BOOTSTRAP_API_KEY_FILE: keyFile,
    },
    readyWord: 'listening',
    onLine: () => undefined,
    onCrash: ({ lastWords }) => console.error(`the gateway ended:\n${lastWords}`),
  });
  await gateway.ready();
  return { address: `http://${ADDRESS}:${port}`, key, stop: () => gateway.close() };
}
