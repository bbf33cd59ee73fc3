import { openMetrics } from '@docusnap/runtime';
import { expect, test } from '@jest/globals';
import { showReplica } from './replica-metrics.ts';

const said = async (replica: Parameters<typeof showReplica>[1]): Promise<string[]> => {
  const metrics = openMetrics();
  showReplica(metrics, replica);
  return (await metrics.registry.metrics()).split('\n').filter((line) => /^\w/.test(line));
};

test('a replica is shown with its lag and whether it is read, and without one there are no series', async () => {
  expect(await said(undefined)).toEqual([]);
  expect(await said({ usable: () => ({}) as never, lagSeconds: () => 1.5 })).toEqual([
    'docusnap_replica_lag_seconds 1.5',
    'docusnap_replica_used 1',
  ]);
  // Promoted, or never reached.
  expect(await said({ usable: () => null, lagSeconds: () => null })).toEqual(['docusnap_replica_used 0']);
});
