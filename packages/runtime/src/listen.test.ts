import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { listen } from './listen.ts';

test('port 0 takes a free port and says which', async () => {
  const server = createServer();
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  expect(port).toBeGreaterThan(0);
  expect(server.listenerCount('error')).toBe(0);
  server.close();
});

test('a busy port is one sentence that names the address and the variable', async () => {
  const [first, second] = [createServer(), createServer()];
  const port = await listen(first, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  await expect(listen(second, { host: '127.0.0.1', port, variable: 'PORT' })).rejects.toMatchObject({
    name: 'ConfigError',
    message: `127.0.0.1:${port} is in use by another program: stop that one, or set PORT to another port.`,
  });
  first.close();
});

test('an address of another machine is a sentence too', async () => {
  const server = createServer();
  await expect(listen(server, { host: '192.0.2.1', port: 0, variable: 'PORT' })).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringContaining('192.0.2.1:0 is no address of this machine'),
  });
});
