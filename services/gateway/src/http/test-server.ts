import { listen } from '@docusnap/runtime';
import { createApp, type Surroundings } from '../app.ts';
import { closeApiServer, createApiServer } from '../server.ts';
import type { TestGateway } from '../test-gateway.ts';
import type { PaceLimits } from './pace.ts';

/** Another server before what a test gateway has opened. */
export async function openTestServer(
  gateway: TestGateway,
  { pace, ...surroundings }: Surroundings & { pace?: PaceLimits } = {},
): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const server = createApiServer(createApp(gateway.ports, surroundings), pace === undefined ? {} : { pace });
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  return { url: `http://127.0.0.1:${port}`, port, close: () => closeApiServer(server, { graceMs: 100 }) };
}
