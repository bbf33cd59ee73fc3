import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that tests use and that npm cannot bring. */
export const TOOLS = {
  'redis-server': { program: 'redis-server', folders: [], debian: 'redis-server' },
  pdftotext: { program: 'pdftotext', folders: [], debian: 'poppler-utils' },
  pdftoppm: { program: 'pdftoppm', folders: [], debian: 'poppler-utils' },
  chromium: { program: 'chromium-headless-shell', folders: [], debian: 'chromium-headless-shell' },
  script: { program: 'script', folders: [], debian: 'bsdutils' },
  pgbouncer: { program: 'pgbouncer', folders: ['/usr/sbin', '/usr/bin', '/usr/local/bin'], debian: 'pgbouncer' },
  'postgres-15': { program: 'postgres', folders: ['/usr/lib/postgresql/15/bin'], debian: 'postgresql-15' },
} as const satisfies Record<string, { program: string; folders: readonly string[]; debian: string }>;

export type Tool = keyof typeof TOOLS;

/** Where the tool's program lies, or null when this machine does not have it. */
export function findTool(tool: Tool): string | null {
  const { program, folders } = TOOLS[tool];
  const searched: readonly string[] = folders.length > 0 ? folders : (process.env.PATH ?? '').split(delimiter);
  return searched.map((folder) => join(folder, program)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not ours to run: both mean "search on".
    return false;
  }
}

/** Why tests that need the tool cannot run here; null when they can. */
export function whyAbsent(tool: Tool): string | null {
  if (findTool(tool) !== null) return null;
  return `${tool} is not installed (Debian: apt-get install ${TOOLS[tool].debian}, or deploy/ci/tools test)`;
}

/**
 * `describe` for tests that need a tool. Without it the tests are skipped with a line "not run: why"; under CI=true a skipped test
 * would hide a hole, so it fails instead.
 */
export function describeNeeding(tool: Tool | null, name: string, body: () => void): void {
  const why = tool === null ? null : whyAbsent(tool);
  if (why === null) {
    describe(name, body);
    return;
  }
  describe(name, () => {
    if (process.env.CI === 'true') {
      test(`${tool} is present`, () => {
        throw new Error(`not run: ${why}`);
      });
    } else {
      process.stderr.write(`not run: ${name}: ${why}\n`);
      test.skip(`not run: ${why}`, () => undefined);
    }
  });
}

// Jest's own globals, named here rather than imported: '@jest/globals' throws outside a test run, and this file is also
// loaded by benchmarks.
declare function describe(name: string, body: () => void): void;
declare const test: {
  (name: string, body: () => void): void;
  skip(name: string, body: () => void): void;
};
