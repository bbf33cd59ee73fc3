import { createServer } from 'node:net';
import { errorCode } from './error-code.ts';
import { StartError } from './start-error.ts';

const HOST = '127.0.0.1';

/** A TCP port on 127.0.0.1 that nobody listens on now; another process may take it before the caller does. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

/** `preferred` when nobody listens on it, else any free port; with the same reservation as `freePort`. */
export async function portNear(preferred: number): Promise<number> {
  try {
    return await listenOnce(preferred);
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return freePort();
    throw error;
  }
}

/**
 * Fails with a sentence when the port cannot be listened on.
 *
 * @param choice.option and `choice.variable` choose another port
 */
export async function checkPort(
  port: number,
  choice: { what: string; option: string; variable: string },
): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    const code = errorCode(error);
    const other = port < 65_535 ? port + 1 : 8_000;
    const advice = `Choose another one: npm start -- ${choice.option} ${other} (or ${choice.variable}=${other}).`;
    if (code === 'EADDRINUSE') {
      throw new StartError(`Port ${port}, wanted for ${choice.what}, is in use by another program. ${advice}`);
    }
    if (code === 'EACCES') {
      throw new StartError(`This user may not open port ${port}, wanted for ${choice.what}. ${advice}`);
    }
    throw error;
  }
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: HOST, exclusive: true }, resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string')
    throw new Error(`Expected a TCP address, got ${String(address)}`);
  return address.port;
}
