import { drawPage } from '@docusnap/testing';
import { openClient, submit, waitForEnd } from '../client.ts';
import type { RunningSystem } from '../system.ts';
import { SECRET_WORD } from './forms.ts';
import type { Ids } from './ids.ts';

const SIZE = 28;
const ROWS = 6;
const COLUMNS = 3;

/** Submits jobs with text, a table and understanding, waits for their ends, and has them asked about. What they say is secret. */
export async function openLastingJobs(system: Pick<RunningSystem, 'url' | 'key'>, ids: Ids): Promise<void> {
  const client = openClient(system.url, system.key);
  try {
    for (const fields of [{}, { task: 'doc' }]) {
      const { job } = await submit(client, `${SECRET_WORD}.png`, await secretPage(), { cache: false }, fields);
      await waitForEnd(client, job.id);
      ids.keep('jobs', job.id);
    }
  } finally {
    client.agent.destroy();
  }
}

/** Ruled cells, each with the word in it. */
function secretPage(): Promise<Buffer> {
  const [left, top, width, height] = [60, 60, 320, 60];
  const cells = Array.from(
    { length: ROWS * COLUMNS },
    (_, index) => [index % COLUMNS, Math.floor(index / COLUMNS)] as const,
  );
  const lines = cells.map(([column, row]) => ({
    text: SECRET_WORD,
    x: left + column * width + 20,
    y: top + row * height + 40,
    size: SIZE,
  }));
  const [right, bottom] = [left + COLUMNS * width, top + ROWS * height];
  const across = Array.from({ length: ROWS + 1 }, (_, row) => top + row * height).map((y) => ({
    from: [left, y] as const,
    to: [right, y] as const,
    thickness: 3,
  }));
  const down = Array.from({ length: COLUMNS + 1 }, (_, column) => left + column * width).map((x) => ({
    from: [x, top] as const,
    to: [x, bottom] as const,
    thickness: 3,
  }));
  return drawPage({ width: right + 60, height: bottom + 60, lines, rules: [...across, ...down], seed: 5 });
}
