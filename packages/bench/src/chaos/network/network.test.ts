import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import type { Network } from './network.ts';
import { openNetwork } from './open.ts';
import { openProxies } from './proxies.ts';

const SERVER =
  "require('http').createServer((_, r) => r.end('here')).listen(+process.argv[1], process.argv[2], () => console.log('on'))";
/** With one that is cut off, and one that answers. */
const [CUT_MS, PATIENCE_MS] = [2_000, 60_000];

/** A server in a place of the network answers its caller, not when it is cut off from it, and then again. */
async function tryOut(network: Network): Promise<void> {
  const place = await network.place('server');
  const port = await freePort();
  const [program = '', ...words] = [...place.enter, process.execPath, '--eval', SERVER, String(port), place.address];
  const server: ChildProcess = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (server.stdout) await once(server.stdout, 'data');
  const seen = await network.route(network.caller, 'server', port);
  // A connection of its own each time: one that is open already would only wait.
  const ask = async (patienceMs = PATIENCE_MS): Promise<string> => {
    const url = `http://${seen.host}:${seen.port}/`;
    const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(patienceMs) };
    return (await fetch(url, options)).text();
  };
  expect(await ask()).toBe('here');
  await network.cut(network.caller, 'server');
  await expect(ask(CUT_MS)).rejects.toThrow();
  await network.mend(network.caller, 'server');
  expect(await ask()).toBe('here');
  server.kill('SIGKILL');
  await once(server, 'exit');
  await network.close();
}

test('in the network of this machine two places can be cut off from each other, and be connected again', async () => {
  const { network, why } = await openNetwork();
  if (why !== null) process.stderr.write(`not run: network namespaces: ${why}\n`);
  await tryOut(network);
});

test('where there are no namespaces, proxies can be cut too', async () => {
  await tryOut(openProxies());
});
