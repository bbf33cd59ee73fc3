import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { errorCode } from './error-code.ts';

/** At this size a log becomes NAME.log.1, replacing the one before. */
const ROTATE_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 64 * 1024;

/** A file descriptor to hand to a child process as its output. */
export function openLog(path: string): number {
  rotateLog(path);
  return openSync(path, 'a', 0o600);
}

/**
 * Keeps a log from growing without end while its writer has it open: writers append, so after truncation they go on at the
 * start. A line written between copying and truncating is lost; a pipe through this process would lose all when it is killed.
 */
export function rotateLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < ROTATE_BYTES) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** The size of a log now, to ask later what was written since. */
export function logSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * What a process said last, in words: the messages of its errors when it wrote JSON lines with errors among them, else its last
 * lines. At most `count` lines; '' when it wrote nothing after the first `from` bytes.
 */
export function lastWords(path: string, count: number, from = 0): string {
  const entries = tail(path, from).map(inWords);
  const errors = entries.filter((entry) => entry.isError);
  return (errors.length > 0 ? errors : entries)
    .slice(-count)
    .map((entry) => entry.text)
    .join('\n');
}

function tail(path: string, from: number): string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    // A size below `from` means that the log was rotated since.
    const start = Math.max(size < from ? 0 : from, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - start);
    readSync(file, bytes, 0, bytes.length, start);
    const lines = bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    return start > from && lines.length > 1 ? lines.slice(1) : lines;
  } finally {
    closeSync(file);
  }
}

/** Levels of the services' log that say why something ended. */
const ERRORS: ReadonlySet<string> = new Set(['error', 'fatal']);

interface Entry {
  readonly text: string;
  readonly isError: boolean;
}

function inWords(line: string): Entry {
  if (!line.startsWith('{')) return { text: line, isError: /\b(ERROR|FATAL|PANIC):/.test(line) };
  let entry: { level?: string; msg?: string; err?: { message?: string } };
  try {
    entry = JSON.parse(line);
  } catch {
    // Not JSON after all, for instance cut off by a kill: shown as it stands.
    return { text: line, isError: false };
  }
  const message = entry.err?.message;
  const text = [entry.msg, message === entry.msg ? undefined : message].filter(Boolean).join(': ');
  return { text: text === '' ? line : text, isError: ERRORS.has(entry.level ?? '') };
}
