import { existsSync } from 'node:fs';
import { ensureDatabase, ensureRoles, migrate } from '@docusnap/db';
import { migrateQueue } from '@docusnap/queue';
import { takeLock } from '../lock.mjs';
import { serverAccount } from './account.ts';
import { SUPERUSER } from './cluster.ts';
import { chooseFolders, type Folders } from './folders.ts';
import { type Kept, keepRunning, type Watch } from './keep.ts';
import { endLeftovers, openRegister, type Register } from './leftovers.ts';
import { rotateLog } from './logs.ts';
import type { Environment, Options } from './options.ts';
import { checkPort } from './ports.ts';
import { type Database, startPostgres } from './postgres.ts';
import type { Progress } from './progress.ts';
import { readRunning, removeRunning, writeRunning } from './running.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { DATABASE_NAME, gatewayProgram, ocrProgram, type Surroundings } from './services.ts';
import { StartError } from './start-error.ts';

const ROTATE_EVERY_MS = 60_000;

export interface System {
  /** Of the gateway. */
  readonly url: string;
  readonly apiKey: string;
  readonly folders: Folders;
  stop(): Promise<void>;
}

/** Thrown when a living process already runs the system of this folder. */
export class AlreadyRunning extends StartError {}

/** What was started, to be stopped in the opposite order. */
interface Started {
  readonly title: string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL, the ocr service and the gateway, and waits until both services are ready. When that fails, or `signal` is
 * aborted meanwhile, everything that was started is stopped again.
 */
export async function startSystem(
  options: Options,
  context: { root: string; environment: Environment; progress: Progress; signal: AbortSignal },
): Promise<System> {
  const { root, environment, progress, signal } = context;
  const started: Started[] = [];
  const stop = () => stopAll(started, progress);
  try {
    const opened = await openInstallation(options.home, context, started, () => checkPorts(options));
    const { folders, secrets, database, watch } = opened;
    const surroundings = { root, environment, folders, secrets, database };
    started.push(...(await startServices(surroundings, options, { progress, watch, signal })));
    const url = `http://127.0.0.1:${options.port}`;
    writeRunning(folders, { url, ocrUrl: `http://127.0.0.1:${options.ocrPort}` });
    progress.clear();
    return { url, apiKey: secrets.apiKey, folders, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An installation whose database runs, and nothing else. */
export interface Stopped {
  readonly folders: Folders;
  readonly secrets: Secrets;
  readonly database: Database;
  stop(): Promise<void>;
}

/** Starts the database of an installation alone, for what is done while the system does not run. Throws AlreadyRunning where it does. */
export async function startDatabaseAlone(home: string, context: Context): Promise<Stopped> {
  const started: Started[] = [];
  const stop = () => stopAll(started, context.progress);
  try {
    return { ...(await openInstallation(home, context, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Context {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Locks the folder, ends what an earlier run left, and starts the database, brought up to date. */
async function openInstallation(
  home: string,
  { progress, signal }: Context,
  started: Started[],
  check: () => Promise<void> = async () => undefined,
) {
  const account = await serverAccount();
  const folders = await chooseFolders(home, account);
  const register = lockFolders(folders, started, progress);
  await endLeftovers(folders, progress);
  await check();
  tellPlace(folders, progress);
  const secrets = openSecrets(folders);
  const watch = (title: string): Watch => ({ onLine: progress.line, onSpawn: (pid) => register.add(title, pid) });
  const database = await startPostgres(folders, secrets, { account, progress, watch: watch('PostgreSQL'), signal });
  started.push({ title: 'PostgreSQL', stop: database.stop });
  await prepareDatabase(database, secrets, progress);
  return { folders, secrets, database, watch };
}

/** Only one supervisor at a time in a folder. The lock ends with this process, however it ends. */
function lockFolders(folders: Folders, started: Started[], progress: Progress): Register {
  const { lock, holder } = takeLock(folders.lock, folders.data);
  if (lock === undefined) {
    const running = readRunning(folders);
    const where = running === null ? 'it is still starting, or stopping' : `its address is ${running.url}`;
    throw new AlreadyRunning(`DocuSnap already runs in ${folders.home} (process ${holder}); ${where}.`);
  }
  const register = openRegister(folders);
  const logs = ['postgres', 'gateway', 'ocr'].map((name) => `${folders.logs}/${name}.log`);
  const rotation = setInterval(() => logs.forEach(rotateLog), ROTATE_EVERY_MS);
  rotation.unref();
  started.push({
    title: '',
    async stop() {
      clearInterval(rotation);
      removeRunning(folders);
      register.clear();
      lock.release();
      progress.clear();
    },
  });
  return register;
}

async function checkPorts({ port, ocrPort }: Options): Promise<void> {
  if (port === ocrPort) throw new StartError(`The gateway and the ocr service cannot both have port ${port}.`);
  await checkPort(port, { what: 'the gateway', option: '--port', variable: 'PORT' });
  await checkPort(ocrPort, { what: 'the ocr service', option: '--ocr-port', variable: 'OCR_PORT' });
}

function tellPlace(folders: Folders, progress: Progress): void {
  if (!folders.data.startsWith(folders.home)) {
    progress.line(`The database's user cannot enter ${folders.home}, so the data lie in ${folders.data}.`);
  }
  if (!existsSync(folders.postgres)) progress.step(`Making a new installation in ${folders.data}`);
}

async function prepareDatabase(database: Database, secrets: Secrets, progress: Progress): Promise<void> {
  progress.step('Bringing the database up to date');
  const superuserUrl = database.url(SUPERUSER, secrets.superuserPassword, 'postgres');
  await ensureRoles(superuserUrl, secrets);
  await ensureDatabase(superuserUrl, DATABASE_NAME);
  const ownerUrl = database.url('docusnap_owner', secrets.ownerPassword, DATABASE_NAME);
  await migrate(ownerUrl);
  await migrateQueue(ownerUrl);
}

/** Both at once. When one fails the other is stopped too, since nobody but this function knows it yet. */
async function startServices(
  surroundings: Surroundings,
  { port, ocrPort }: Options,
  { progress, watch, signal }: { progress: Progress; watch: (title: string) => Watch; signal: AbortSignal },
): Promise<Started[]> {
  const programs = [ocrProgram(surroundings, ocrPort), gatewayProgram(surroundings, port)];
  const waiting = new Set(programs.map((program) => program.title));
  const tell = (): void => progress.step(`Starting ${[...waiting].join(' and ')}`);
  tell();
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const results = await Promise.allSettled(
    programs.map(async (program): Promise<Started> => {
      try {
        const kept: Kept = await keepRunning(program, watch(program.title), either);
        waiting.delete(program.title);
        if (waiting.size > 0) tell();
        return { title: program.title, stop: kept.stop };
      } catch (error) {
        failure.abort(error);
        throw error;
      }
    }),
  );
  const services = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (services.length === programs.length) return services;
  await Promise.all(services.map((service) => service.stop()));
  signal.throwIfAborted();
  throw failure.signal.reason;
}

async function stopAll(started: Started[], progress: Progress): Promise<void> {
  for (let next = started.pop(); next !== undefined; next = started.pop()) {
    if (next.title !== '') progress.step(`Stopping ${next.title}`);
    await next.stop();
  }
}
