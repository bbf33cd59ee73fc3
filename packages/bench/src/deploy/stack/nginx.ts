import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startGuarded } from '@docusnap/testing';
import type { Secrets } from './secrets.ts';
import { type Closing, untilListens } from './servers.ts';

const run = promisify(execFile);

/** nginx by the files of deploy/proxy. */
export interface Nginx {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly statusPort: number;
  readonly out: string;
  readonly accessLog: string;
  /** Processes that serve. */
  workers(): number[];
  /** Files that lie in its temporary folders, or are held open there though they have no name any more. */
  temporaryFiles(): string[];
  /** Most memory that one of them ever had, bytes. */
  peakMemory(): number;
  /** deploy/proxy/switch. */
  switchTo(...words: string[]): Promise<string>;
}

export interface NginxOptions {
  readonly root: string;
  readonly folder: string;
  readonly secrets: Pick<Secrets, 'certificate' | 'certificateKey'>;
  /** HOST:PORT of the side that serves at first, and of the other. */
  readonly blue: readonly string[];
  readonly green?: readonly string[];
  /** PROXY_* of deploy/proxy/render. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Makes the configuration and has nginx look at it. Throws with what it says. */
export async function renderNginx(
  options: NginxOptions,
): Promise<{ out: string; environment: Record<string, string> }> {
  const { root, folder, secrets, blue, green = [], settings = {} } = options;
  const out = join(folder, 'proxy');
  const environment = {
    PATH: `${process.env.PATH}:/usr/sbin`,
    // The folder is this user's own, and workers look into it at each request.
    PROXY_USER: 'root',
    PROXY_WORKERS: '2',
    PROXY_CERTIFICATE: secrets.certificate,
    PROXY_CERTIFICATE_KEY: secrets.certificateKey,
    PROXY_STATE: join(folder, 'proxy-state'),
    PROXY_ADDRESSES: '127.0.0.1',
    PROXY_BLUE: blue.join(' '),
    PROXY_GREEN: green.join(' '),
    PROXY_ACCESS_LOG: join(folder, 'access.log'),
    PROXY_ERROR_LOG: join(folder, 'error.log'),
    ...settings,
  };
  await mkdir(out, { recursive: true });
  await run(join(root, 'deploy/proxy/render'), [out], { env: environment });
  await run('nginx', ['-q', '-t', '-c', join(out, 'nginx.conf')], { env: environment });
  return { out, environment };
}

export async function startNginx(options: NginxOptions, closing: Closing): Promise<Nginx> {
  const [httpPort, httpsPort, statusPort] = [await freePort(), await freePort(), await freePort()];
  const settings = {
    PROXY_HTTP_PORT: String(httpPort),
    PROXY_HTTPS_PORT: String(httpsPort),
    PROXY_PUBLIC_HTTPS_PORT: String(httpsPort),
    PROXY_STATUS_PORT: String(statusPort),
    ...options.settings,
  };
  const { out, environment } = await renderNginx({ ...options, settings });
  const command = ['env', `PATH=${environment.PATH}`, 'nginx', '-c', join(out, 'nginx.conf'), '-g', 'daemon off;'];
  const master = await startGuarded(command, { removeFolder: '', stopSignal: 'INT', runAs: null, cwd: out });
  closing.push(() => master.stop());
  await untilListens(httpsPort, master, 'nginx');
  const workers = (): number[] => childrenOf(master.pid);
  return {
    httpPort,
    httpsPort,
    statusPort,
    out,
    accessLog: environment.PROXY_ACCESS_LOG,
    workers,
    temporaryFiles: () => [...filesIn(join(out, 'temporary')), ...workers().flatMap((pid) => heldIn(pid, out))],
    peakMemory: () => Math.max(...workers().map(peakMemoryOf)),
    async switchTo(...words) {
      const { stdout } = await run(join(options.root, 'deploy/proxy/switch'), words, { env: environment });
      return stdout.trim();
    },
  };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function peakMemoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function heldIn(pid: number, folder: string): string[] {
  const open = `/proc/${pid}/fd`;
  return readdirSync(open).flatMap((name) => {
    try {
      const target = readlinkSync(join(open, name));
      return target.startsWith(`${folder}/temporary`) ? [target] : [];
    } catch {
      // Closed while it was looked at.
      return [];
    }
  });
}
