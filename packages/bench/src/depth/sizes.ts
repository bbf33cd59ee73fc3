import { type Figure, figure } from '../report.ts';
import type { World } from './world.ts';

const MIB = 1024 * 1024;
/** Of tables that are smaller nothing is printed. */
const LEAST_BYTES = MIB;

interface Size {
  readonly name: string;
  readonly rows: string;
  readonly table_bytes: string;
  readonly index_bytes: string;
}

/** Tables and their indexes, the large ones; what they take together is a figure. */
export async function sizeFigures(world: World): Promise<Figure[]> {
  const sizes = await world.sql<Size>(
    `SELECT coalesce(p.relname, c.relname) AS name, sum(greatest(c.reltuples, 0))::bigint AS rows, sum(pg_table_size(c.oid)) AS table_bytes,
       sum(pg_indexes_size(c.oid)) AS index_bytes
     FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY sum(pg_total_relation_size(c.oid)) DESC`,
  );
  const of = `${world.mix}, ${world.jobs.toLocaleString('en')} jobs`;
  console.log(`\n${of}: rows, MiB of the table, MiB of its indexes`);
  for (const { name, rows, table_bytes, index_bytes } of sizes) {
    if (Number(table_bytes) + Number(index_bytes) < LEAST_BYTES) continue;
    console.log(
      `${name.padEnd(20)}${Number(rows).toLocaleString('en').padStart(12)}${mib(table_bytes)}${mib(index_bytes)}`,
    );
  }
  const sum = (column: 'table_bytes' | 'index_bytes') => sizes.reduce((all, size) => all + Number(size[column]), 0);
  return [
    figure(`${of}: tables`, 'MiB', sum('table_bytes') / MIB, []),
    figure(`${of}: indexes`, 'MiB', sum('index_bytes') / MIB, []),
    figure(`${of}: filled in`, 's', world.fillSeconds, []),
    figure(`${of}: first vacuum of all tables`, 's', world.vacuumSeconds, []),
  ];
}

const mib = (bytes: string): string => (Number(bytes) / MIB).toFixed(1).padStart(10);

/** Seconds that a vacuum of what jobs are kept in takes. */
export async function vacuum(world: World): Promise<number> {
  const started = performance.now();
  await world.sql('VACUUM jobs, files, pages, page_texts, units, understandings, erasures');
  return (performance.now() - started) / 1_000;
}
