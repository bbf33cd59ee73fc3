import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);
const NAME = 'postgres';

/** Another user that PostgreSQL runs as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root runs it as the user `postgres`, which is made where it does not exist.
 * Null when we are not root: then it runs as ourselves.
 */
export async function serverAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  return (await findAccount()) ?? (await makeAccount());
}

async function findAccount(): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
    return { name: NAME, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` exits 1 for a user that does not exist.
    return null;
  }
}

async function makeAccount(): Promise<Account> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]);
  } catch (cause) {
    throw new StartError(
      `PostgreSQL does not run as root, and the user "${NAME}" to run it as could not be made (${String(cause)}). ` +
        'Make that user, or start DocuSnap as a user other than root.',
      { cause },
    );
  }
  const account = await findAccount();
  if (account === null) throw new StartError(`The user "${NAME}" was made, but the system does not know it.`);
  return account;
}

/** Whether the account can enter this folder through all those above it. Asked by trying, since modes and ACLs both decide. */
export async function canEnter(account: Account | null, folder: string): Promise<boolean> {
  return succeeds(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder]);
}

/** Whether the account can run this program. */
export async function canRun(account: Account | null, program: string): Promise<boolean> {
  return succeeds(account, program, ['--version']);
}

async function succeeds(account: Account | null, program: string, args: readonly string[]): Promise<boolean> {
  const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
  try {
    await run(program, args, { cwd: '/', ...identity });
    return true;
  } catch {
    // The failure is the answer; the caller says what follows from it.
    return false;
  }
}
