import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, figure } from '../report.ts';
import { UsageError } from '../usage.ts';
import type { CheckOutcome, DeployCheck } from './check.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

interface Choice {
  /** Names; undefined = all. */
  readonly only: readonly string[] | undefined;
  readonly short: boolean;
}

/** @throws UsageError for a name that no check has */
export function chooseChecks(checks: readonly DeployCheck[], { only, short }: Choice): readonly DeployCheck[] {
  const unknown = only?.find((name) => !checks.some((check) => check.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no check ${unknown}; there are: ${checks.map((check) => check.name).join(', ')}`);
  }
  return checks.filter((check) =>
    only === undefined ? !check.onlyWhenNamed && (!short || check.short) : only.includes(check.name),
  );
}

/**
 * Runs checks one after another, prints what they find, and gives their figures. A check that throws counts as one that was missed, and the
 * others go on. Under CI=true what could not be run counts as missed too.
 */
export async function runChecks(
  checks: readonly DeployCheck[],
  { short, strict }: { short: boolean; strict: boolean },
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const check of checks) {
    const began = performance.now();
    const { figures: found, findings = [], notRun = [] } = await runOne(check, short);
    for (const finding of findings) console.log(`${check.name}: ${finding}`);
    for (const why of notRun) console.log(`not run: ${check.name}: ${why}`);
    figures.push(...found);
    if (notRun.length > 0) {
      const target = strict ? { atMost: 0 } : null;
      figures.push(figure(`${check.name}: not run`, 'parts', notRun.length, [notRun.length], target));
    }
    console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${check.name}`);
  }
  return figures;
}

async function runOne(check: DeployCheck, short: boolean): Promise<CheckOutcome> {
  const folder = await mkdtemp(join(tmpdir(), `docusnap-check-${check.name}-`));
  try {
    return await check.run({ root: ROOT, folder, short, say: (line) => console.error(`          ${line}`) });
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      figures: [figure(`${check.name}: ran to its end`, 'of 1', 0, [0], { atLeast: 1 })],
      findings: [said],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
