import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, realpath, symlink } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
/** A build fetches packages, and copies whole layers, since nothing here can put file systems over each other. Milliseconds. */
const BUILD_MS = 15 * 60_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** Images that are built and looked at in a folder of their own: no engine, no registry. */
export interface Workshop {
  /** Makes an image of files that are put into an empty folder. */
  made(image: string, fill: (files: string) => Promise<void>): Promise<void>;
  /** As an image, with something done to its files. */
  changed(from: string, image: string, change: (files: string) => Promise<void>): Promise<void>;
  build(recipe: { root: string; target: string; image: string; args: Readonly<Record<string, string>> }): Promise<void>;
  /** Calls with the files of an image and how it starts; what is written to them is lost. */
  opened<T>(image: string, work: (files: string, start: ImageStart) => Promise<T>): Promise<T>;
}

const ImageConfig = z.object({
  OCIv1: z.object({
    config: z.object({
      User: z.string().default(''),
      Env: z.array(z.string()).default([]),
      Entrypoint: z.array(z.string()).default([]),
      Cmd: z.array(z.string()).default([]),
      WorkingDir: z.string().default('/'),
    }),
  }),
});

export interface ImageStart {
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly folder: string;
}

/** @param folder an empty one; everything that is built lies there */
export function openWorkshop(folder: string): Workshop {
  const places = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const buildah = async (...args: readonly string[]): Promise<string> => {
    try {
      const { stdout } = await run('buildah', [...places, ...args], { timeout: BUILD_MS, maxBuffer: OUTPUT_BYTES });
      return stdout.trim();
    } catch (error) {
      const said =
        error instanceof Error && 'stderr' in error ? String(error.stderr).trim().slice(-4_000) : String(error);
      throw new Error(`buildah ${args[0]} failed:\n${said}`, { cause: error });
    }
  };
  const working = async <T>(image: string, work: (files: string, container: string) => Promise<T>): Promise<T> => {
    const container = await buildah('from', '--pull-never', image);
    try {
      return await work(await buildah('mount', container), container);
    } finally {
      await buildah('rm', container);
    }
  };
  return {
    made: (image, fill) =>
      working('scratch', async (files, container) => {
        await fill(files);
        await buildah('commit', '--quiet', container, image);
      }),
    changed: (from, image, change) =>
      working(from, async (files, container) => {
        await change(files);
        await buildah('commit', '--quiet', container, image);
      }),
    async build({ root, target, image, args }) {
      const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
      const recipe = ['--file', join(root, 'deploy', 'docker', 'Dockerfile'), '--target', target];
      await buildah(
        'bud',
        '--isolation',
        'chroot',
        '--layers=false',
        '--pull-never',
        ...recipe,
        ...given,
        '--tag',
        image,
        root,
      );
    },
    opened: (image, work) =>
      working(image, async (files) => {
        const { config } = ImageConfig.parse(JSON.parse(await buildah('inspect', '--type', 'image', image))).OCIv1;
        return work(files, {
          user: config.User,
          environment: Object.fromEntries(
            config.Env.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
          ),
          entrypoint: config.Entrypoint,
          command: config.Cmd,
          folder: config.WorkingDir,
        });
      }),
  };
}

/** Debian as the images start from, made from its packages. */
export async function makeDebian(folder: string): Promise<void> {
  await run(
    'debootstrap',
    ['--variant=minbase', '--include=ca-certificates', 'bookworm', folder, 'http://deb.debian.org/debian'],
    {
      timeout: BUILD_MS,
      maxBuffer: OUTPUT_BYTES,
    },
  );
}

/** Puts the Node.js and npm of this machine where the official image has them, and what this machine trusts. */
export async function addNode(files: string): Promise<void> {
  const programs = join(files, 'usr', 'local', 'bin');
  await mkdir(programs, { recursive: true });
  await copyFile(process.execPath, join(programs, 'node'));
  const npm = await npmFolder();
  await cp(npm, join(files, 'usr', 'local', 'lib', 'node_modules', 'npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(programs, 'npm'));
  const trusted = process.env.NODE_EXTRA_CA_CERTS;
  if (trusted !== undefined) await copyFile(trusted, join(files, TRUSTED));
  await copyFile('/etc/resolv.conf', join(files, 'etc', 'resolv.conf'));
}

/** Where addNode puts the certificates that this machine trusts besides. */
export const TRUSTED = '/etc/ssl/certs/machine.crt';

/** Of the npm on the PATH, which is a link into its package. */
async function npmFolder(): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = await realpath(join(folder, 'npm')).catch(() => '');
    if (basename(program) === 'npm-cli.js') return dirname(dirname(program));
  }
  throw new Error('npm is not installed where it can be copied from');
}
