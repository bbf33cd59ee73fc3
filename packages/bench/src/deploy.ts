import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CHECKS } from './deploy/checks.ts';
import { chooseChecks, runChecks } from './deploy/run-checks.ts';
import { report } from './report.ts';
import { runCommand } from './usage.ts';

/**
 * Looks at everything that is there to run DocuSnap elsewhere, as far as that can be done without a container engine and a cluster, and says
 * what could not be looked at.
 */

const TOOLS = fileURLToPath(new URL('../../../deploy/ci/tools', import.meta.url));
const USAGE = 'npm run check:deploy -- [--only NAME[,NAME]] [--images] [--short] [--json FILE]';

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      images: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const named = [...(values.only?.split(',') ?? []), ...(values.images ? ['images'] : [])];
  const only = named.length > 0 ? named : undefined;
  const checks = chooseChecks(CHECKS, { only, short: values.short });
  // Where it cannot install them it says so, and checks say what they could not look at. The short form takes what is there.
  if (!values.short) spawnSync(TOOLS, ['deploy'], { stdio: ['ignore', 'inherit', 'inherit'] });
  const figures = await runChecks(checks, { short: values.short, strict: process.env.CI === 'true' });
  return report(figures, values.json);
}

process.exitCode = await runCommand(USAGE, main);
