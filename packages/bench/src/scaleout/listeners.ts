import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres } from '@docusnap/testing';
import pg from 'pg';
import { type Figure, figure } from '../report.ts';
import { processorOf } from './processor.ts';

const LISTENERS = [0, 8, 64];
const NOTIFICATIONS = 400;
const EVERY_MS = 5;

/**
 * What a notification costs the server by how many connections listen, to whatever: each save of a page makes one. It is why ocr processes do not
 * listen, and gateways do: there are few of those.
 */
export async function measureListeners(): Promise<Figure[]> {
  const server = await startPostgres({ settings: { max_connections: String(LISTENERS.at(-1)! + 20) } });
  const open: pg.Client[] = [];
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: server.superuserUrl });
    await client.connect();
    open.push(client);
    return client;
  };
  try {
    const saving = await connect();
    const figures: Figure[] = [];
    for (const count of LISTENERS) {
      while (open.length <= count) await (await connect()).query('LISTEN something_else');
      const before = processorOf(server.pid);
      for (let at = 0; at < NOTIFICATIONS; at += 1) {
        await saving.query(`NOTIFY changes, '${at}'`);
        await pause(EVERY_MS);
      }
      const ms = ((processorOf(server.pid) - before) * 1_000) / NOTIFICATIONS;
      figures.push(
        figure(`a notification with ${count} connections that listen: processor time of PostgreSQL`, 'ms', ms, []),
      );
    }
    return figures;
  } finally {
    await Promise.all(open.map((client) => client.end()));
    await server.stop();
  }
}
