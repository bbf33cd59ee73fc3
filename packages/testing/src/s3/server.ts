import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../folders.ts';
import { startGuarded } from '../guarded-process.ts';
import { freePort } from '../ports.ts';

const PROGRAM = fileURLToPath(new URL('./program.mjs', import.meta.url));
const START_SECONDS = 120;
/** How s3rver names the file of an object. */
const OBJECT = '._S3rver_object';

/** s3rver's own, and its secret too. */
const ACCESS_KEY = 'S3RVER';

export interface S3Server {
  readonly url: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly pid: number;
  /** The variables that name a store in the bucket, below a prefix where one is given. */
  variables(prefix?: string): Record<string, string>;
  /** Names of the objects that are in the bucket. */
  objects(): Promise<string[]>;
  /** The file that an object lies in. */
  pathOf(name: string): string;
  /** The folders of uploads in parts that have not ended. */
  uploads(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts an S3 server on a free port of 127.0.0.1, with one empty bucket. It checks signatures. It ends with this process at the latest. */
export async function startS3(): Promise<S3Server> {
  const folder = await temporaryFolder('s3');
  const port = await freePort();
  const bucket = 'docusnap-test';
  // Its marks for going on with a list are enciphered with DES.
  const command = [process.execPath, '--openssl-legacy-provider', PROGRAM, String(port), folder.path, bucket];
  const server = await startGuarded(command, {
    removeFolder: folder.path,
    stopSignal: 'KILL',
    runAs: null,
    cwd: folder.path,
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url, server);
  const root = join(folder.path, bucket);
  return {
    url,
    bucket,
    accessKeyId: ACCESS_KEY,
    secretAccessKey: ACCESS_KEY,
    pid: server.pid,
    variables: (prefix) => ({
      BLOB_S3: prefix === undefined ? `s3://${bucket}` : `s3://${bucket}/${prefix}`,
      BLOB_S3_ENDPOINT: url,
      BLOB_S3_ACCESS_KEY_ID: ACCESS_KEY,
      BLOB_S3_SECRET_ACCESS_KEY: ACCESS_KEY,
    }),
    async objects() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && entry.name.endsWith(OBJECT))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).slice(0, -OBJECT.length))
        .sort();
    },
    pathOf: (name) => join(root, `${name}${OBJECT}`),
    async uploads() {
      const at = join(root, '._S3rver_uploads');
      // It is made with the first upload in parts.
      const names = await readdir(at).catch(() => []);
      return names.map((name) => join(at, name));
    },
    stop: () => server.stop(),
  };
}

async function untilAnswers(url: string, server: { ended: Promise<{ output: string }>; stop(): Promise<void> }) {
  const deadline = Date.now() + START_SECONDS * 1_000;
  let death: string | undefined;
  void server.ended.then(({ output }) => {
    death = output;
  });
  for (;;) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      return;
    } catch (error) {
      if (death !== undefined || Date.now() > deadline) {
        await server.stop();
        throw new Error(`The S3 server did not start: ${death ?? 'no answer'}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
