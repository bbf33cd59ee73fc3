import pg from 'pg';
import { type Column, type Step, TENANT, type Template } from './trace.ts';

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;
/** Columns whose values are handles: given by the database, to be named again. */
const HANDLES = new Set(['id', 'token']);

interface Sent {
  readonly role: Step['role'];
  readonly connection: number;
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly asArrays: boolean;
  readonly result: pg.QueryResult;
}

interface Config {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly rowMode?: string;
}

/**
 * Runs `act` and gives every statement that is sent meanwhile, by any connection of this process as docusnap_api or docusnap_worker.
 *
 * @param options.tenantId the walker's tenant
 * @param options.constants ids that are the same in every database
 */
export async function record(
  act: () => Promise<void>,
  options: { tenantId: string; constants: readonly string[] },
): Promise<Step[]> {
  const sent: Sent[] = [];
  const restore = listenIn((one) => sent.push(one));
  try {
    await act();
  } finally {
    restore();
  }
  return abstract(sent, options);
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

function listenIn(onSent: (sent: Sent) => void): () => void {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  const connections = new Map<pg.Client, number>();
  prototype.query = function (...args) {
    const [first, second, third] = args;
    const callback = [second, third].find((one): one is (e: unknown, r: unknown) => void => typeof one === 'function');
    const config: Config = typeof first === 'string' ? { text: first } : (first as Config);
    const values = (Array.isArray(second) ? second : config.values) ?? [];
    if (!connections.has(this)) connections.set(this, connections.size);
    const connection = connections.get(this)!;
    const role = this.user === 'docusnap_api' ? 'api' : 'worker';
    const note = (result: unknown): void => {
      if (result === undefined || Array.isArray(result)) return;
      onSent({
        role,
        connection,
        sql: config.text,
        values: structuredClone(values),
        asArrays: config.rowMode === 'array',
        result: result as pg.QueryResult,
      });
    };
    if (callback) {
      const told = (error: unknown, result: unknown): void => {
        if (!error) note(result);
        callback(error, result);
      };
      return query.apply(
        this,
        args.map((one) => (one === callback ? told : one)),
      );
    }
    const answer = query.apply(this, args) as Promise<unknown>;
    return answer.then((result) => {
      note(result);
      return result;
    });
  };
  return () => {
    prototype.query = query;
  };
}

/** Takes what belongs to this run out of what was sent. */
function abstract(
  sent: readonly Sent[],
  { tenantId, constants }: { tenantId: string; constants: readonly string[] },
): Step[] {
  const ids = new Map<string, string>([[tenantId, TENANT]]);
  const bytes = new Map<string, number>();
  /** Where a handle was last given. */
  const given = new Map<string, Extract<Template, { step: number }>>();
  const connections = new Map<number, number>();

  const textOf = (text: string): string =>
    text.replace(UUID, (id) => {
      if (constants.includes(id)) return id;
      if (!ids.has(id)) ids.set(id, String(ids.size));
      return `{{id:${ids.get(id)}}}`;
    });

  const templateOf = (value: unknown, isClaimed: boolean): Template => {
    if (value instanceof Uint8Array) {
      const text = Buffer.from(value).toString('hex');
      if (!bytes.has(text)) bytes.set(text, bytes.size);
      return { bytes: bytes.get(text)!, length: value.length };
    }
    if (value instanceof Date) return { time: value.toISOString() };
    if (Array.isArray(value)) return { list: value.map((one) => templateOf(one, isClaimed)) };
    if (typeof value !== 'string') return { constant: value ?? null };
    const from = given.get(value);
    if (from && (/^\d+$/.test(value) || isClaimed || !ids.has(value))) return from;
    const text = textOf(value);
    return text === value ? { constant: value } : { text };
  };

  return sent.map(({ role, connection, sql, values, asArrays, result }, step) => {
    // What is done with a unit in hand is done with the job it is of.
    const isClaimed = values
      .flat()
      .some((value) => typeof value === 'string' && /^\d+$/.test(value) && given.has(value));
    if (!connections.has(connection)) connections.set(connection, connections.size);
    const one: Step = {
      role,
      connection: connections.get(connection)!,
      sql: textOf(sql),
      values: values.map((value) => templateOf(value, isClaimed)),
      asArrays,
      columns: columnsOf(result, asArrays),
      ...(typeof result.rows[0]?.kind === 'string' ? { kind: result.rows[0].kind } : {}),
    };
    if (!asArrays) {
      for (const [row, found] of result.rows.slice(0, 3).entries()) {
        const isUnit = typeof found.token === 'string';
        for (const [column, value] of Object.entries(found)) {
          if (typeof value !== 'string') continue;
          const isMade = isId(value) && !ids.has(value) && !constants.includes(value);
          const isHandle = HANDLES.has(column) ? /^\d+$/.test(value) : isUnit && column === 'job_id';
          if (isMade || isHandle) given.set(value, { step, row, column });
        }
      }
    }
    return one;
  });
}

function isId(value: string): boolean {
  return value.replace(UUID, '') === '' && value !== '';
}

function columnsOf(result: pg.QueryResult, asArrays: boolean): Column[] {
  return result.fields.map(({ name, dataTypeID }, index) => {
    const value: unknown = result.rows[0]?.[asArrays ? index : name];
    const isObject =
      typeof value === 'object' && value !== null && !Array.isArray(value) && [114, 3802].includes(dataTypeID);
    return { name, type: dataTypeID, ...(isObject ? { keys: Object.keys(value) } : {}) };
  });
}
