import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { asOwner, inScene, onEachPostgres } from './test-jobs.ts';

const SCHEMA = join(dirname(fileURLToPath(import.meta.url)), '..', 'prisma', 'schema.prisma');

/** Prisma's types, with the native type where there is one, as PostgreSQL names them. */
const TYPES: Readonly<Record<string, string>> = {
  'String @db.Uuid': 'uuid',
  String: 'text',
  'String[]': '_text',
  Int: 'int4',
  'Int[]': '_int4',
  'Int @db.SmallInt': 'int2',
  BigInt: 'int8',
  Float: 'float8',
  Boolean: 'bool',
  Bytes: 'bytea',
  Json: 'jsonb',
  'DateTime @db.Date': 'date',
  'DateTime @db.Timestamptz(3)': 'timestamptz(3)',
};

onEachPostgres('schema.prisma', (version) => {
  test('has the tables and columns of the migrations, with their types, nullability and defaults', () =>
    inScene(version, async ({ database }) => {
      const rows = await asOwner<{ column: string }>(
        database,
        `SELECT table_name || '.' || column_name || ' ' || udt_name
           || CASE WHEN udt_name = 'timestamptz' THEN '(' || datetime_precision || ')' ELSE '' END
           || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END
           || CASE WHEN column_default IS NOT NULL OR is_identity = 'YES' THEN ' default' ELSE '' END AS column
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migrations'
           AND NOT (SELECT c.relispartition FROM pg_class c WHERE c.oid = to_regclass(quote_ident(table_name)))`,
      );
      const columns = models().flatMap((model) => model.fields.map((field) => `${model.table}.${field}`));
      expect(new Set(columns)).toEqual(new Set(rows.map(({ column }) => column)));
    }));

  test('has the primary keys, unique keys, plain indexes and foreign keys of the migrations', () =>
    inScene(version, async ({ database }) => {
      // Partial indexes and those of other kinds than btree have no words in a Prisma schema.
      const indexes = await asOwner<{ key: string }>(
        database,
        `SELECT t.relname || CASE WHEN x.indisprimary THEN ' id ' WHEN x.indisunique THEN ' unique ' ELSE ' index ' END
           || (SELECT string_agg(a.attname, ',' ORDER BY k.position) FROM unnest(x.indkey) WITH ORDINALITY k (attnum, position)
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) AS key
         FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
           JOIN pg_am m ON m.oid = i.relam
         WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition AND x.indpred IS NULL AND m.amname = 'btree' AND t.relname <> 'schema_migrations'`,
      );
      const foreign = await asOwner<{ key: string }>(
        database,
        `SELECT c.conrelid::regclass || ' references ' || c.confrelid::regclass || CASE c.confdeltype WHEN 'c' THEN ' cascade' END AS key
         FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conparentid = 0`,
      );
      const described = models().flatMap((model) => model.keys.map((key) => `${model.table} ${key}`));
      expect(new Set(described)).toEqual(new Set([...indexes, ...foreign].map(({ key }) => key)));
    }));
});

interface Model {
  readonly table: string;
  readonly fields: readonly string[];
  readonly keys: readonly string[];
}

/** Reads as much of Prisma's language as the schema uses; what it does not know makes the comparison fail. */
function models(): Model[] {
  const text = readFileSync(SCHEMA, 'utf8');
  const bodies = [...text.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name, body]) => ({
    name: name ?? '',
    lines: (body ?? '').split('\n').map((line) => line.trim()),
  }));
  const tables = new Map(bodies.map(({ name, lines }) => [name, mapped(lines.join(' '), '@@map') ?? name]));
  return bodies.map(({ name, lines }) => {
    const fields = lines.flatMap((line) => {
      const [, field, type, list, optional, attributes] = /^(\w+)\s+(\w+)(\[\])?(\?)?\s*(.*)$/.exec(line) ?? [];
      return field === undefined || type === undefined
        ? []
        : [{ field, type, list: list ?? '', optional: optional !== undefined, attributes: attributes ?? '' }];
    });
    const columnOf = new Map(fields.map(({ field, attributes }) => [field, mapped(attributes, '@map') ?? field]));
    const stored = fields.filter(({ type }) => !tables.has(type));
    return {
      table: tables.get(name) ?? name,
      fields: stored.map(({ field, type, list, optional, attributes }) => {
        const native = /@db\.\w+(\(\d+\))?/.exec(attributes)?.[0];
        const prismaType = `${type}${list}${native === undefined ? '' : ` ${native}`}`;
        const suffix = (optional ? ' null' : '') + (attributes.includes('@default') ? ' default' : '');
        return `${columnOf.get(field)} ${TYPES[prismaType] ?? prismaType}${suffix}`;
      }),
      keys: [
        ...stored.flatMap(({ field, attributes }) => [
          ...(/@id\b/.test(attributes) ? [`id ${columnOf.get(field)}`] : []),
          ...(/@unique\b/.test(attributes) ? [`unique ${columnOf.get(field)}`] : []),
        ]),
        ...lines.flatMap((line) => {
          const [, kind, names] = /^@@(id|unique|index)\(\[(.*?)\]/.exec(line) ?? [];
          const columns = names?.split(',').map((part) => columnOf.get(part.replace(/\(.*/, '').trim()) ?? part);
          return columns === undefined ? [] : [`${kind} ${columns.join(',')}`];
        }),
        ...fields
          .filter(({ attributes }) => attributes.includes('@relation'))
          .map(({ type, attributes }) => {
            return `references ${tables.get(type)}${attributes.includes('onDelete: Cascade') ? ' cascade' : ''}`;
          }),
      ],
    };
  });
}

function mapped(text: string, attribute: string): string | null {
  return new RegExp(`${attribute}\\("(\\w+)"\\)`).exec(text)?.[1] ?? null;
}
