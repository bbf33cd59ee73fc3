import type { Server } from 'node:net';
import { ConfigError } from './config.ts';

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The name of the setting that changes the port, for the message. */
  readonly variable: string;
}

/** Has a server listen and resolves to its port. What stands in the way is a ConfigError that names the address and the setting. */
export async function listen(server: Server, { host, port, variable }: Address): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(explain(error, { host, port, variable }));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function explain(error: NodeJS.ErrnoException, { host, port, variable }: Address): Error {
  const at = `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError(`${at} is in use by another program: stop that one, or set ${variable} to another port.`);
    case 'EACCES':
      return new ConfigError(`This user may not listen on ${at}: set ${variable} to a port above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError(`${at} is no address of this machine: set HOST to one that is, such as 127.0.0.1.`);
    default:
      return error;
  }
}
