import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedPackages, licenceFault } from './dependencies/licences.ts';
import { audit } from './dependencies/vulnerabilities.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** `npm run check:dependencies`: the licences of all that is installed, and what is known against it where the registry answers. */
const installed = installedPackages(ROOT);
const notice = readFileSync(join(ROOT, 'NOTICE'), 'utf8');
const faults = installed.map((one) => licenceFault(one, notice)).filter((fault) => fault !== null);
for (const fault of faults) console.log(fault);
console.log(`licences of ${installed.length} packages: ${faults.length === 0 ? 'ok' : `${faults.length} are not`}`);

const audited = await audit(ROOT);
if (audited.kind === 'not run') {
  console.log(`known vulnerabilities: not run: ${audited.why}`);
} else {
  for (const found of audited.found) console.log(found);
  console.log(`known vulnerabilities, high and critical: ${audited.found.length}`);
}
process.exitCode = faults.length > 0 || (audited.kind === 'done' && audited.found.length > 0) ? 1 : 0;
