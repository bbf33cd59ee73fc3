import { execFileSync } from 'node:child_process';
import { availableParallelism, getPriority, setPriority } from 'node:os';

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

/** Above nice 0: it comes before PostgreSQL, which it shares its cores with. */
const PUNCTUAL = -10;

/**
 * Lets this process ask when it is time to while `work` runs, and says so where it cannot, for which it takes root: what is asked late counts as
 * answered late.
 */
export async function onTime<T>(work: () => Promise<T>): Promise<T> {
  const usual = getPriority();
  try {
    setPriority(PUNCTUAL);
    console.log(
      `At the steady rate the load comes before PostgreSQL (nice ${PUNCTUAL}), and so asks when it is time to.`,
    );
  } catch {
    console.log('The load shares its cores with PostgreSQL as an equal: what it asks late counts as answered late.');
  }
  try {
    return await work();
  } finally {
    setPriority(usual);
  }
}

function findTaskset(): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v taskset'], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
