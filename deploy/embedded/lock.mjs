import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** A lock file without readable content is one that is being written, or that a power cut emptied; this many ms tell them apart. */
const WRITING_MS = 2_000;
/** Removing a stale lock takes microseconds; who takes longer died doing it. */
const BREAKING_MS = 10_000;

/**
 * What tells a process from all others that ever had its id: the machine's boot and the time it started. Null when no process
 * has this id now, or only a dead one that nobody has waited for.
 */
export function processMark(pid) {
  if (process.platform !== 'linux') return markByPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    // No such process: the answer, not a failure.
    return null;
  }
}

function markByPs(pid) {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    // ps exits 1 when there is no such process.
    return null;
  }
}

/**
 * Takes a lock that ends with the process that holds it, however that ends. `folder` is written into it: a lock that came here by
 * copying the folder of a running system says another one and does not count.
 *
 * Gives `{ lock }`, or `{ holder }`: the id of the process that has it.
 */
export function takeLock(path, folder) {
  for (;;) {
    const own = describe(folder, [process.pid]);
    try {
      writeFileSync(path, own, { flag: 'wx', mode: 0o644 });
      return { lock: lockAt(path, folder) };
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = lockHolder(path, folder);
    if (holder !== null) return { holder };
    breakStale(path, folder);
  }
}

/** The id of the living process that holds the lock; null when nobody does. */
export function lockHolder(path, folder) {
  let text;
  let age;
  try {
    text = readFileSync(path, 'utf8');
    age = Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
  const content = parse(text);
  if (content === null) return age < WRITING_MS ? 0 : null;
  if (content.folder !== folder) return null;
  const living = content.processes.find(({ pid, mark }) => mark !== null && processMark(pid) === mark);
  return living === undefined ? null : living.pid;
}

function lockAt(path, folder) {
  return {
    /** The lock also stands while this process lives: work it was taken for goes on there when this one is killed. */
    extend(pid) {
      writeFileSync(path, describe(folder, [process.pid, pid]));
    },
    release() {
      rmSync(path, { force: true });
    },
  };
}

function describe(folder, pids) {
  return JSON.stringify({ folder, processes: pids.map((pid) => ({ pid, mark: processMark(pid) })) });
}

function parse(text) {
  try {
    const content = JSON.parse(text);
    return Array.isArray(content.processes) ? content : null;
  } catch {
    // Half written or emptied by a power cut; its age decides.
    return null;
  }
}

/** Removes a lock whose holder is gone. One process at a time, or a slow one would remove the new lock of a fast one. */
function breakStale(path, folder) {
  const breaker = `${path}.breaking`;
  try {
    mkdirSync(breaker);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    removeOld(breaker);
    pause(20);
    return;
  }
  try {
    if (lockHolder(path, folder) === null) rmSync(path, { force: true });
  } finally {
    rmdirSync(breaker);
  }
}

function removeOld(breaker) {
  try {
    if (Date.now() - statSync(breaker).mtimeMs > BREAKING_MS) rmdirSync(breaker);
  } catch (error) {
    // Whoever was breaking has just finished.
    if (error.code !== 'ENOENT') throw error;
  }
}

function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
