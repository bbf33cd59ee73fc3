import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, ROLE_PASSWORDS, startPostgres, urlFor } from '@docusnap/testing';
import type { DeployContext } from '../check.ts';
import type { Facts } from '../facts.ts';
import { askAll, type Finished, finishWork } from './answers.ts';
import { compareAnswers } from './compare.ts';
import { databaseVariables, type KeyFiles, startInstallation } from './installation.ts';
import { refusal, run } from './run.ts';

const START_MS = 120_000;

/** `npm start` in a folder. */
interface Embedded {
  readonly url: string;
  readonly keys: KeyFiles;
  stop(): Promise<void>;
}

const script = (root: string, name: string): string => join(root, 'deploy/embedded/src', name);

async function startEmbedded(root: string, home: string): Promise<Embedded> {
  const [port, ocrPort] = [await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    [script(root, 'main.ts'), '--port', String(port), '--ocr-port', String(ocrPort)],
    { env: { ...process.env, DOCUSNAP_HOME: home, OCR_READERS: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await ready(child);
  const secret = (name: string): string => join(home, 'secrets', name);
  return {
    url: `http://127.0.0.1:${port}`,
    keys: { masterKey: secret('master-key'), encryptionKeys: secret('encryption-keys.pem'), apiKey: secret('api-key') },
    async stop() {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`The system did not start in time:\n${said}`)), START_MS);
    const hear = (chunk: unknown): void => {
      said += String(chunk);
      if (!/Ctrl-C stops it/.test(said)) return;
      clearTimeout(late);
      resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('close', () => reject(new Error(`The system ended before it was ready:\n${said}`)));
  });
}

/** An embedded system, its copy made while it runs and restored elsewhere, and its move to a server: each answers what the first answered. */
export async function checkEmbedded({ root, folder, say }: DeployContext, facts: Facts): Promise<void> {
  const home = (name: string): string => join(folder, name, '.docusnap');
  const at = (name: string): string => join(folder, name);
  const tool = (name: string, args: readonly string[], place: string) =>
    run(process.execPath, [script(root, name), ...args], { DOCUSNAP_HOME: place });
  await chmod(folder, 0o711);
  for (const name of ['first', 'second']) await mkdir(home(name), { recursive: true });
  say('starting an embedded system');
  const first = await startEmbedded(root, home('first'));
  let finished: Finished;
  try {
    finished = await finishWork(first.url, root, first.keys);
    say('backing it up while it runs');
    await tool('backup/main.ts', [at('copy')], home('first'));
  } finally {
    await first.stop();
  }
  say('restoring it elsewhere');
  await tool('restore/main.ts', [at('copy')], home('second'));
  const again = await refusal(tool('restore/main.ts', [at('copy')], home('second')));
  facts.note('embedded: a second restore overwrites nothing', /overwrites nothing/.test(again ?? ''), again);
  const second = await startEmbedded(root, home('second'));
  try {
    compareAnswers(facts, 'embedded, restored', finished, await askAll(second.url, finished));
  } finally {
    await second.stop();
  }
  say('moving it to PostgreSQL 15');
  await checkMove({ root, folder, facts, finished, move: (args) => tool('move/main.ts', args, home('first')) });
}

interface Move {
  readonly root: string;
  readonly folder: string;
  readonly facts: Facts;
  readonly finished: Finished;
  readonly move: (args: readonly string[]) => Promise<unknown>;
}

async function checkMove({ root, folder, facts, finished, move }: Move): Promise<void> {
  const server = await startPostgres({ version: 15 });
  try {
    const { superuserUrl } = server;
    await run(process.execPath, [join(root, 'services/gateway/src/migrate/main.ts')], {
      ...databaseVariables(superuserUrl),
      DATABASE_SUPERUSER_URL: superuserUrl,
    });
    const to = urlFor(superuserUrl, 'docusnap', 'docusnap_owner', ROLE_PASSWORDS.ownerPassword);
    const [blobs, secrets] = [join(folder, 'moved-blobs'), join(folder, 'moved-keys')];
    const args = ['--from', 'embedded', '--to', to, '--blobs', blobs, '--keys', secrets];
    await move(args);
    const again = await refusal(move(args));
    facts.note('embedded: a second move overwrites nothing', /target_not_empty/.test(again ?? ''), again);
    const file = (name: string): string => join(secrets, name);
    const keys = {
      masterKey: file('master-key'),
      encryptionKeys: file('encryption-keys.pem'),
      apiKey: file('api-key'),
    };
    const place = { root, folder: join(folder, 'moved'), superuserUrl, blobs, keys, reads: false };
    const installation = await startInstallation(place);
    try {
      compareAnswers(facts, 'embedded, moved', finished, await askAll(installation.url, finished));
    } finally {
      await installation.stop();
    }
  } finally {
    await server.stop();
  }
}
