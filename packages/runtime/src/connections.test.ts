import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { tellBuild } from './build-info.ts';
import { watchConnections } from './connections.ts';
import { openMetrics } from './metrics.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

test('connections of each pool are shown as they are at the scrape, and the build that serves them', async () => {
  const metrics = openMetrics();
  const api = { total: 5, idle: 2, waiting: 1 };
  watchConnections(metrics).add('api', () => api);
  tellBuild(metrics, { service: 'gateway' });
  expect(await metrics.registry.metrics()).toContain('docusnap_database_connections{pool="api",state="busy"} 3');
  Object.assign(api, { idle: 5, waiting: 0 });
  const text = await metrics.registry.metrics();
  expect(text).toContain('docusnap_database_connections{pool="api",state="busy"} 0');
  expect(text).toContain('docusnap_database_connections{pool="api",state="idle"} 5');
  expect(text).toContain('docusnap_database_waiting{pool="api"} 0');
  expect(text).toContain(
    `docusnap_build_info{service="gateway",version="${version}",node="${process.versions.node}"} 1`,
  );
});
