// Writes the Prisma client into src/generated. Plain JavaScript for Node 20, since the installer runs it before anything else
// is there; from any folder.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

// Generating needs no engine, but the command downloads one unless it is told of a program that is there. Node is, everywhere.
const { status, error, stdout, stderr } = spawnSync(
  process.execPath,
  [join(here, 'node_modules', 'prisma', 'build', 'index.js'), 'generate', '--schema', join('prisma', 'schema.prisma')],
  {
    cwd: here,
    encoding: 'utf8',
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  },
);
if (status !== 0) {
  process.stderr.write(`prisma generate failed: ${error ?? ''}\n${stdout}${stderr}`);
  process.exit(1);
}
