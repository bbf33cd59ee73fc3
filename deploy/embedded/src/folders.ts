import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Account, canEnter } from './account.ts';
import { errorCode } from './error-code.ts';
import { StartError } from './start-error.ts';

/** Where everything of one installation lies. */
export interface Folders {
  /** `.docusnap`, or DOCUSNAP_HOME. */
  readonly home: string;
  /** What must be kept: the database and the stored files. */
  readonly data: string;
  readonly postgres: string;
  readonly blobs: string;
  /** Keys and passwords; never inside the data, so that a copy of the data alone opens nothing. */
  readonly secrets: string;
  readonly logs: string;
  /** What `npm run models -- pull` fetched; there only once it was. */
  readonly models: string;
  /** What the ocr service prepared of its models; may be removed at any time. */
  readonly preparedModels: string;
  /** Held while a supervisor runs. */
  readonly lock: string;
  /** Who runs and at which address; there only while the system is ready. */
  readonly running: string;
  /** The processes that were started, so that the next start finds those that outlived a killed supervisor. */
  readonly children: string;
  /** A system-wide folder of this installation, for what the database's user cannot reach below `home`. */
  readonly systemWide: string;
}

const SYSTEM_FOLDER = '/var/lib/docusnap';

/**
 * Decides where the data lie and makes the folders. Normally that is `home`/data; as root below a folder that other users cannot
 * enter it is a system-wide folder. Once decided it stays: `home`/data-folder remembers.
 *
 * @param account the user PostgreSQL will run as; null for ourselves
 */
export async function chooseFolders(
  home: string,
  account: Account | null,
  options: { systemFolder?: string } = {},
): Promise<Folders> {
  makeFolder(home, account === null ? 0o700 : 0o711);
  const folders = foldersOf(realpathSync(home), options.systemFolder ?? SYSTEM_FOLDER);
  if (account !== null && folders.data === join(folders.home, 'data') && !(await canEnter(account, folders.home))) {
    if (statSync(folders.postgres, { throwIfNoEntry: false }) !== undefined) {
      throw new StartError(closedData(folders.postgres, account));
    }
    writeFileSync(join(folders.home, 'data-folder'), `${join(folders.systemWide, 'data')}\n`);
    return chooseFolders(home, account, options);
  }
  if (folders.data !== join(folders.home, 'data')) {
    for (const folder of [dirname(dirname(folders.data)), dirname(folders.data)]) makeFolder(folder, 0o755);
  }
  makeFolder(folders.data, account === null ? 0o700 : 0o711);
  makeFolder(folders.blobs, 0o700);
  makeFolder(folders.secrets, 0o700);
  makeFolder(folders.logs, 0o700);
  if (!(await canEnter(account, folders.data))) throw new StartError(closedData(folders.data, account));
  return folders;
}

/** Where things lie, without making or deciding anything. */
export function foldersOf(home: string, systemFolder = SYSTEM_FOLDER): Folders {
  const data = rememberedData(home) ?? join(home, 'data');
  const name = basename(home) === '.docusnap' ? basename(dirname(home)) : basename(home);
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  return {
    home,
    data,
    postgres: join(data, 'postgres'),
    blobs: join(data, 'blobs'),
    secrets: join(home, 'secrets'),
    logs: join(home, 'logs'),
    models: join(home, 'models'),
    preparedModels: join(home, 'prepared-models'),
    lock: join(data, 'lock'),
    running: join(home, 'running.json'),
    children: join(data, 'children.json'),
    systemWide: join(systemFolder, `${name.replaceAll(/[^A-Za-z0-9._-]/g, '_') || 'docusnap'}-${hash}`),
  };
}

function rememberedData(home: string): string | null {
  try {
    return readFileSync(join(home, 'data-folder'), 'utf8').trim() || null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function closedData(folder: string, account: Account | null): string {
  const user = account === null ? 'this user' : `the user "${account.name}", who runs the database,`;
  return `The data lie in ${folder}, which ${user} can no longer enter. Let others enter the folders above it (chmod o+x).`;
}

/** mkdir leaves out what the umask forbids, and the database's user needs its x on folders of root. */
export function makeFolder(path: string, mode: number): void {
  const made = mkdirSync(path, { recursive: true });
  const current = statSync(path).mode & 0o777;
  if (made !== undefined) chmodSync(path, mode);
  else if ((current | (mode & 0o111)) !== current) chmodSync(path, current | (mode & 0o111));
}
