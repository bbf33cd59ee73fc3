import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { V1_TYPES, type V1Type } from '@docusnap/db';
import { MoveError } from './move-error.ts';

/** A finished task of an old DocuSnap, as our own tables have it. */
export interface OldTask {
  /** SHA-256 of the client's id. */
  readonly client: Buffer;
  readonly sha256: string;
  readonly type: V1Type;
  readonly status: 'completed' | 'error';
  /** The ciphertext as answered; null of one that failed. */
  readonly result: Buffer | null;
  readonly errorDetail: string | null;
  readonly createdAt: Date;
  readonly accessedAt: Date;
}

/** Why a row is left behind. */
export type LeftBehind = 'not finished' | 'kept long enough' | 'not understood';

/** What the protocol says such a database has. */
const COLUMNS = ['client_id', 'sha256', 'type', 'status', 'result', 'error_detail', 'created_at', 'last_accessed'];
/** Results are kept for so long after they were last asked for. */
const KEEP_MS = 24 * 3_600 * 1_000;
const SHA256 = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/;

/**
 * The rows of a `tasks.db`, one after another: tasks, or why a row is none to keep. What was still being worked on is left behind, since its content was in
 * the old system's memory only: its client submits it again. Throws MoveError where the file is no such database.
 */
export function* readOldTasks(path: string, now: Date): Generator<OldTask | LeftBehind> {
  if (!existsSync(path)) throw new MoveError('tasks_db_unreadable', `There is no file ${path}.`);
  const database = open(path);
  try {
    checkColumns(database, path);
    for (const row of database.prepare(`SELECT ${COLUMNS.join(', ')} FROM tasks`).iterate()) yield taskOf(row, now);
  } finally {
    database.close();
  }
}

function open(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.prepare('SELECT count(*) FROM sqlite_master').get();
    return database;
  } catch (error) {
    database?.close();
    const why = error instanceof Error ? error.message : String(error);
    throw new MoveError('tasks_db_unreadable', `${path} cannot be read as an SQLite database: ${why}.`, {
      cause: error,
    });
  }
}

function checkColumns(database: DatabaseSync, path: string): void {
  const found = database
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all('tasks')
    .map(({ name }) => String(name));
  const missing = COLUMNS.filter((name) => !found.includes(name));
  const unknown = found.filter((name) => !COLUMNS.includes(name));
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`has ${unknown.join(', ')} beside what is known`] : []),
  ];
  throw new MoveError(
    'tasks_db_columns',
    `The table tasks of ${path} ${parts.join(' and ')}. Known columns are ${COLUMNS.join(', ')}: make a copy that has these, such as ` +
      'by CREATE VIEW or ALTER TABLE ... RENAME COLUMN, and name that.',
  );
}

function taskOf(row: Readonly<Record<string, unknown>>, now: Date): OldTask | LeftBehind {
  const { client_id, sha256, type, status, result, error_detail } = row;
  const createdAt = timeOf(row.created_at);
  const accessedAt = timeOf(row.last_accessed) ?? createdAt;
  if (status === 'processing' || status === 'pending' || status === 'queued') return 'not finished';
  if (createdAt === null || accessedAt === null || typeof client_id !== 'string') return 'not understood';
  if (typeof sha256 !== 'string' || !SHA256.test(sha256) || !isType(type)) return 'not understood';
  if (now.getTime() - accessedAt.getTime() > KEEP_MS) return 'kept long enough';
  const client = createHash('sha256').update(client_id).digest();
  const task = { client, sha256, type, createdAt, accessedAt };
  if (status === 'error' && typeof error_detail === 'string' && error_detail !== '') {
    return { ...task, status, result: null, errorDetail: error_detail };
  }
  const ciphertext = status === 'completed' ? bytesOf(result) : null;
  return ciphertext === null
    ? 'not understood'
    : { ...task, status: 'completed', result: ciphertext, errorDetail: null };
}

function isType(type: unknown): type is V1Type {
  return V1_TYPES.some((known) => known === type);
}

function timeOf(text: unknown): Date | null {
  return typeof text === 'string' && TIME.test(text) ? new Date(`${text.replace(' ', 'T')}Z`) : null;
}

/** Null for what would not be answered letter by letter as it was. */
function bytesOf(result: unknown): Buffer | null {
  if (typeof result !== 'string') return null;
  const bytes = Buffer.from(result, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === result ? bytes : null;
}
