import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageStart } from './buildah.ts';

/** A program that runs with an image's files as its root, as an engine would start it; of the machine it shares the network only. */
export interface Contained {
  /** All that it has written so far. */
  output(): string;
  /** How it ended, once it has. */
  readonly ended: Promise<number | null>;
  /** As engines do it: SIGTERM, and after a while SIGKILL. Gives how it ended. */
  stop(): Promise<number | null>;
}

/** As long as docker-compose.yml gives the services. */
const STOP_MS = 20_000;

/**
 * The root is read-only but for /tmp, which lies in memory; secrets are files below /run/secrets; processes of others are not seen; and nothing can be
 * gained: no capability is left, and no program gives any. Arguments: the image's files, the folder of the secrets, user and group, then the program.
 */
const CONTAIN = `
set -eu
root=$1; secrets=$2; user=$3; group=$4; shift 4
mount --make-rprivate /
mount --bind "$root" "$root"
mount --bind "$secrets" "$root/run/secrets"
mount -o remount,ro,bind "$root/run/secrets"
mount -t tmpfs -o size=512m,mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --bind /dev/null "$root/dev/null"
mount --bind /dev/urandom "$root/dev/urandom"
mount -o remount,ro,bind "$root"
exec chroot "$root" /usr/bin/setpriv --reuid="$user" --regid="$group" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

interface ContainOptions {
  /** Beside what the image says. */
  readonly environment: Readonly<Record<string, string>>;
  /** In place of the image's command. */
  readonly command?: readonly string[];
  /** Folder whose files are seen below /run/secrets. */
  readonly secrets: string;
}

export async function contain(files: string, start: ImageStart, options: ContainOptions): Promise<Contained> {
  for (const place of ['run/secrets', 'tmp', 'proc', 'dev']) await mkdir(join(files, place), { recursive: true });
  for (const device of ['null', 'urandom']) await writeFile(join(files, 'dev', device), '', { flag: 'a' });
  const [user = '', group = ''] = start.user.split(':');
  const environment = { ...start.environment, ...options.environment };
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const program = [
    '/usr/bin/env',
    '-i',
    '-C',
    start.folder,
    ...variables,
    ...start.entrypoint,
    ...(options.command ?? start.command),
  ];
  const child = spawn(
    'unshare',
    [
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      'sh',
      '-c',
      CONTAIN,
      'sh',
      files,
      options.secrets,
      user,
      group,
      ...program,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let written = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (written += String(piece)));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  return {
    output: () => written,
    ended,
    async stop() {
      signalWithin(child.pid, 'TERM');
      const cut = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      return ended.finally(() => clearTimeout(cut));
    },
  };
}

/** To the first process of the contained ones: unshare itself would not pass it on. */
function signalWithin(unshare: number | undefined, signal: 'TERM'): void {
  if (unshare !== undefined) spawn('pkill', [`-${signal}`, '--parent', String(unshare)]).unref();
}
