import { randomBytes, randomUUIDv7 } from 'node:crypto';
import pg from 'pg';
import { type Column, type Step, TENANT, type Template, type Trace } from './trace.ts';

export interface Replayed {
  /** Statements that were answered. */
  readonly answered: number;
  /** Those left out, because what they name was not given this time: another walker has claimed it, say. */
  readonly leftOut: number;
  /** The longest that one took, in milliseconds. */
  readonly longestMs: number;
  /** Errors that the version does not expect, and answers that it would not understand. */
  readonly failures: readonly string[];
  /** Statements that the database refused on purpose, with its code; with several walkers on one database that is to be expected. */
  readonly refused: readonly string[];
}

/** What SQL functions raise on purpose: an answer like any other. */
const ON_PURPOSE = /^DS\d\d\d$/;
/** Types of PostgreSQL's own have the same number everywhere. */
const FIRST_OF_OTHERS = 16_384;
/** Text and varchar and so on are read alike. */
const JSON_TYPES = [114, 3802];

/** Sends what an older version sent, with ids and keys of its own, once through. */
export async function replay(
  trace: Trace,
  { apiUrl, workerUrl, tenantId }: { apiUrl: string; workerUrl: string; tenantId: string },
): Promise<Replayed> {
  const clients = new Map<number, pg.Client>();
  const clientOf = async ({ connection, role }: Step): Promise<pg.Client> => {
    const there = clients.get(connection);
    if (there) return there;
    const client = new pg.Client({ connectionString: role === 'api' ? apiUrl : workerUrl, query_timeout: 35_000 });
    client.on('error', () => undefined);
    await client.connect();
    clients.set(connection, client);
    return client;
  };
  const maker = openMaker(tenantId);
  const told = { answered: 0, leftOut: 0, longestMs: 0, failures: [] as string[], refused: [] as string[] };
  try {
    for (const step of trace.steps) {
      const values = maker.valuesOf(step);
      if (values === null) {
        told.leftOut += 1;
        maker.took(null);
        continue;
      }
      const client = await clientOf(step);
      const start = performance.now();
      try {
        const config = { text: maker.textOf(step.sql), values, ...(step.asArrays ? { rowMode: 'array' } : {}) };
        const result = (await client.query(config as pg.QueryConfig)) as pg.QueryResult;
        const isOther = step.kind !== undefined && result.rows[0]?.kind !== step.kind;
        maker.took(step.asArrays || isOther ? null : result.rows);
        told.failures.push(...misunderstood(step, result));
        told.answered += 1;
      } catch (error) {
        maker.took(null);
        const { code = '', message, detail = '' } = error as { code?: string; message: string; detail?: string };
        if (ON_PURPOSE.test(code)) told.refused.push(`${code}: ${step.sql}`);
        else told.failures.push(`${code} ${message} ${detail}: ${step.sql}`);
      }
      told.longestMs = Math.max(told.longestMs, performance.now() - start);
    }
    return told;
  } finally {
    await Promise.all([...clients.values()].map((client) => client.end()));
  }
}

/** Makes the values of one run. */
function openMaker(tenantId: string) {
  const ids = new Map<string, string>([[TENANT, tenantId]]);
  const bytes = new Map<number, Buffer>();
  const given: (readonly Record<string, unknown>[] | null)[] = [];
  const MISSING = Symbol('not given this time');

  const textOf = (text: string): string =>
    text.replace(/\{\{id:(\w+)\}\}/g, (_, name: string) => {
      if (!ids.has(name)) ids.set(name, randomUUIDv7());
      return ids.get(name)!;
    });

  const make = (template: Template): unknown => {
    if ('constant' in template) return template.constant;
    if ('time' in template) return new Date(template.time);
    if ('text' in template) return textOf(template.text);
    if ('bytes' in template) {
      if (!bytes.has(template.bytes)) bytes.set(template.bytes, randomBytes(template.length));
      return bytes.get(template.bytes);
    }
    if ('list' in template) {
      const values = template.list.map(make);
      return values.includes(MISSING) ? MISSING : values;
    }
    return given[template.step]?.[template.row]?.[template.column] ?? MISSING;
  };

  return {
    textOf,
    /** Null where one of them was not given this time. */
    valuesOf(step: Step): unknown[] | null {
      const values = step.values.map(make);
      return values.includes(MISSING) ? null : values;
    },
    /** The rows of the next statement, in order. */
    took(rows: readonly Record<string, unknown>[] | null): void {
      given.push(rows);
    },
  };
}

/** Columns, types and what is in JSON objects, as far as the version has seen them, have to be there still. */
function misunderstood({ sql, columns }: Step, result: pg.QueryResult): string[] {
  const there = new Map(result.fields.map((field, index) => [field.name, { type: field.dataTypeID, index }]));
  // Of columns of one name a row has the last.
  const seen = new Map(columns.map((column) => [column.name, column]));
  return [...seen.values()].flatMap((column: Column) => {
    const field = there.get(column.name);
    if (field === undefined) return [`no column ${column.name} any more: ${sql}`];
    if (column.type < FIRST_OF_OTHERS && field.type !== column.type) {
      return [`column ${column.name} is of another type: ${sql}`];
    }
    const value: unknown = result.rows[0]?.[column.name];
    if (column.keys === undefined || !JSON_TYPES.includes(field.type) || typeof value !== 'object' || value === null)
      return [];
    const lost = column.keys.filter((key) => !(key in value));
    return lost.map((key) => `no ${key} in ${column.name} any more: ${sql}`);
  });
}
