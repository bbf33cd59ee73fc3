import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '@docusnap/testing';
import type { Program } from '../stack/program.ts';
import type { Stack } from '../stack/stack.ts';

type Side = 'blue' | 'green';

/** A stand-in for Docker, in front of real processes. */
export interface Engine {
  /** Folder with a program `docker`. */
  readonly path: string;
  /** Its arguments at each call, without those about files. */
  readonly calls: readonly string[];
  /** How the gateways that were stopped ended. */
  readonly stops: readonly (number | null)[];
  /** How often another side began to serve. */
  readonly switches: number;
  close(): Promise<void>;
}

/** Services of docker-compose.yml that are a side; the others stay as they are. */
const SIDE_OF: Readonly<Record<string, Side | undefined>> = { gateway: 'blue', 'gateway-green': 'green' };
/** What it prints for the digest of any image. */
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/**
 * Does for deploy/rollout what Docker would do with docker-compose.yml: starts and stops the gateways of a side, migrates, and runs
 * deploy/proxy/switch. Its readers stay as they are.
 */
export async function startEngine(
  stack: Stack,
  { folder, ports }: { folder: string; ports: Readonly<Record<Side, readonly number[]>> },
): Promise<Engine> {
  const running: Record<Side, readonly Program[]> = { blue: stack.gateways, green: [] };
  const calls: string[] = [];
  const stops: (number | null)[] = [];
  const engine = { switches: 0 };
  let started = 0;

  /** What runs there already is exchanged, as for another image. */
  async function startSide(side: Side): Promise<void> {
    await stopSide(side);
    started += 1;
    running[side] = await Promise.all(
      ports[side].map((port) => stack.startGateway(`${side}-${started}-${port}`, port)),
    );
  }
  async function stopSide(side: Side): Promise<void> {
    stops.push(...(await Promise.all(running[side].map((gateway) => gateway.stop()))));
    running[side] = [];
  }
  async function switchSides(words: readonly string[]): Promise<string> {
    // The names of containers stand for ports here.
    const servers = words.flatMap((word) => {
      const side = SIDE_OF[word.replace(/:8000$/, '')];
      return side === undefined ? [word] : ports[side].map((port) => `127.0.0.1:${port}`);
    });
    if (!words[0]?.startsWith('--')) engine.switches += 1;
    // Ports stay whoever listens, as names do where nginx asks for them again: nothing is to be forgotten.
    return words[0] === '--retire' ? '' : stack.proxy.switchTo(...servers);
  }
  async function carryOut(call: string): Promise<string> {
    const [, services] = / up --detach --no-deps --wait --wait-timeout \d+ (.*)$/.exec(call) ?? [];
    if (call.startsWith('buildx imagetools inspect')) return DIGEST;
    if (call.includes(' exec -T proxy /deploy/proxy/switch '))
      return switchSides(call.split('/deploy/proxy/switch ')[1]?.split(' ') ?? []);
    if (call.endsWith(' run --rm --no-deps migrate')) await stack.migrate();
    else if (services)
      for (const side of services.split(' ').map((name) => SIDE_OF[name])) side && (await startSide(side));
    else if (call.endsWith(' stop gateway-green')) await stopSide('green');
    else if (!call.includes(' pull ')) throw new Error(`nothing is known of: docker ${call}`);
    return '';
  }

  const port = await freePort();
  const server = createServer(async (request, response) => {
    const call = (await text(request)).replaceAll(/ --(env-file|project-directory) \S+/g, '');
    calls.push(call);
    const [status, said] = await carryOut(call).then(
      (output) => [200, output] as const,
      (error: unknown) => [500, String(error)] as const,
    );
    response.writeHead(status).end(said === '' ? '' : `${said}\n`);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const program = join(folder, 'docker');
  await writeFile(
    program,
    `#!/bin/sh\nexec curl --silent --show-error --fail-with-body --data-binary "$*" http://127.0.0.1:${port}/\n`,
  );
  await chmod(program, 0o755);
  return {
    path: folder,
    calls,
    stops,
    get switches() {
      return engine.switches;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
