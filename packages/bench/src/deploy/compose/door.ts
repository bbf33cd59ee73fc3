import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort, startGuarded } from '@docusnap/testing';
import type { CheckOutcome, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';
import { hasNginx } from '../proxy/proxy.ts';
import { untilListens } from '../stack/servers.ts';
import type { Compose } from './model.ts';

/** Debian's nginx has what passes connections on as a part of its own (libnginx-mod-stream); the image that compose runs has it built in. */
const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';
/** The name by which a client calls the store: it is in what the client signs. */
const NAME = 's3:8333';

/** deploy/s3/door.conf: that it passes on what zones.json gives the component s3 and nothing else, and that a real nginx does so unchanged. */
export async function checkDoor(
  { root, folder }: DeployContext,
  { model, ports }: { readonly model: Compose; readonly ports: readonly number[] },
): Promise<CheckOutcome> {
  const facts = openFacts();
  const text = await readFile(join(root, 'deploy/s3/door.conf'), 'utf8');
  const listened = [...text.matchAll(/^\s*listen (\d+);$/gm)].map(([, port]) => Number(port));
  facts.note('the door of s3 listens where deploy/zones.json says', same(listened, ports), { listened, ports });
  const called = [...text.matchAll(/^\s*set \$store ([a-z0-9-]+):(\d+);$/gm)];
  for (const [, host = '', port] of called)
    facts.note(`the door of s3 leads to ${host}:${port}`, host in model.services && ports.includes(Number(port)));
  facts.note('each of its ports leads somewhere', called.length === listened.length);
  const notRun: string[] = [];
  if ((await hasNginx()) && existsSync(STREAM_MODULE)) await passThrough(text, folder, facts);
  else
    notRun.push(
      'the door of s3 by a real nginx: nginx or libnginx-mod-stream is not installed (deploy/ci/tools deploy)',
    );
  return { figures: [facts.figure('compose: door of s3, facts')], findings: facts.findings, notRun };
}

/** The configuration with this machine's addresses in place of the names that only compose knows. */
async function passThrough(text: string, folder: string, facts: Facts): Promise<void> {
  const store = createServer((asked, answer) => answer.end(`${asked.headers.host} ${asked.headers.authorization}`));
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const { port: storePort } = store.address() as AddressInfo;
  const doors = [await freePort(), await freePort()];
  let door = 0;
  const here = text
    .replace('/tmp/door.pid', join(folder, 'door.pid'))
    .replaceAll(/listen \d+;/g, () => `listen 127.0.0.1:${doors[door++]};`)
    .replaceAll(/set \$store \S+;/g, `set $store 127.0.0.1:${storePort};`);
  const path = join(folder, 'door.conf');
  await writeFile(path, `load_module ${STREAM_MODULE};\nuser root;\n${here}`);
  const command = ['env', `PATH=${process.env.PATH}:/usr/sbin`, 'nginx', '-e', 'stderr', '-c', path];
  const nginx = await startGuarded([...command, '-g', 'daemon off;'], {
    removeFolder: '',
    stopSignal: 'INT',
    runAs: null,
    cwd: folder,
  });
  try {
    for (const port of doors) {
      await untilListens(port, nginx, 'nginx');
      const said = await ask(port);
      facts.note(
        'what a client signed comes through the door of s3 unchanged',
        said === `${NAME} AWS4-HMAC-SHA256 x`,
        said,
      );
    }
  } catch (error) {
    facts.note('nginx takes the door of s3', false, String(error));
  } finally {
    await nginx.stop();
    await new Promise((resolve) => store.close(resolve));
  }
}

function ask(port: number): Promise<string> {
  const headers = { host: NAME, authorization: 'AWS4-HMAC-SHA256 x' };
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path: '/', headers, agent: false }, (answer) => {
      let said = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        said += part;
      });
      answer.on('end', () => resolve(said));
    });
    asking.on('error', reject).end();
  });
}

const same = (one: readonly number[], other: readonly number[]): boolean =>
  one.toSorted().join() === other.toSorted().join();
