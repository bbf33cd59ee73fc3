import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, getPriority, setPriority } from 'node:os';
import { descendantsOf } from '../soak/resident.ts';

/** Which cores whom is given. */
export interface Pinning {
  /** Of who is measured: put before its command; empty where nothing can be pinned. */
  readonly prefix: readonly string[];
  /** One sentence for whoever reads the figures. */
  readonly says: string;
}

/** Gives this process, and all that it starts from now on, every core but the first, which is for who is measured alone. */
export function keepOffFirstCore(): Pinning {
  const cores = availableParallelism();
  const taskset = findTaskset();
  if (taskset === null)
    return { prefix: [], says: 'NOT pinned: there is no taskset here. Shares still hold, as each is of this run.' };
  if (cores < 2) return { prefix: [], says: 'NOT pinned: there is one core only, which the load takes part of.' };
  execFileSync(taskset, ['-a', '-c', '-p', `1-${cores - 1}`, String(process.pid)], { stdio: 'ignore' });
  return {
    prefix: [taskset, '-c', '0'],
    says: `pinned: who is measured has core 0; the load, PostgreSQL and all else have the other ${cores - 1}.`,
  };
}

/** Above nice 0. */
const PUNCTUAL = -10;

/**
 * Lets this process and all that it has started come before whatever else runs on the machine while `work` runs, and says so where they cannot, for which it
 * takes root: what a machine does for itself, 10 ms of each second on one of them, is a hundredth of all requests, and so what a p99 would tell of.
 */
export async function undisturbed<T>(work: () => Promise<T>): Promise<T> {
  const ours: { readonly pid: number; readonly usual: number }[] = [];
  try {
    for (const pid of [process.pid, ...descendantsOf(process.pid)]) {
      const usual = getPriority(pid);
      setPriority(pid, PUNCTUAL);
      ours.push({ pid, usual });
    }
    console.log(`At the steady rate the load, PostgreSQL and who is measured come before all else (nice ${PUNCTUAL}).`);
  } catch {
    console.log(
      'The load and who is measured share their cores with all else: what is asked late counts as answered late.',
    );
  }
  try {
    return await work();
  } finally {
    // Connections to PostgreSQL come and go, and each is a process.
    for (const { pid, usual } of ours) if (existsSync(`/proc/${pid}`)) setPriority(pid, usual);
  }
}

function findTaskset(): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v taskset'], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
