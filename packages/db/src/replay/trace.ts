/**
 * What a version of this program sends to the database, statement by statement, with values that can be made anew: ids and keys that it
 * made itself are made fresh, ids and tokens that the database gave are those that it gives this time.
 */

/** One value of a statement. */
export type Template =
  | { readonly constant: unknown }
  /** RFC 3339. */
  | { readonly time: string }
  /** Text with ids in it, `{{id:2}}`; each number is an id of its own. */
  | { readonly text: string }
  /** So many random bytes; the same number is the same bytes. */
  | { readonly bytes: number; readonly length: number }
  /** What the statement with that number gave, in its first rows. */
  | { readonly step: number; readonly row: number; readonly column: string }
  | { readonly list: readonly Template[] };

export interface Column {
  readonly name: string;
  /** PostgreSQL's number of the type. */
  readonly type: number;
  /** Of a JSON object, what was in it. */
  readonly keys?: readonly string[];
}

export interface Step {
  readonly role: 'api' | 'worker';
  /** Statements of one transaction go over one connection. */
  readonly connection: number;
  readonly sql: string;
  readonly values: readonly Template[];
  /** As arrays, the way Prisma wants its rows. */
  readonly asArrays: boolean;
  readonly columns: readonly Column[];
  /** Of the unit that it gave, what was to be done: with another one nothing of what follows would be done. */
  readonly kind?: string;
}

export interface Trace {
  /** The last migration that this version knows. */
  readonly migration: string;
  readonly steps: readonly Step[];
}

/** In traces, the id of the walker's tenant. */
export const TENANT = 'tenant';
