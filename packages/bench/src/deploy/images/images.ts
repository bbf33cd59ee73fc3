import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Figure, figure } from '../../report.ts';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { openFacts } from '../facts.ts';
import { addNode, makeDebian, openWorkshop, TRUSTED } from './buildah.ts';
import { bytesIn, lookInside } from './contents.ts';
import { smokeImages } from './smoke.ts';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const SERVICES = ['gateway', 'ocr'] as const;

/**
 * Builds the images without an engine, on a Debian made from its packages, and starts the processes of the built files: read-only, as their own user,
 * without capabilities. Takes some minutes, and the network.
 */
export const IMAGES_CHECK: DeployCheck = { name: 'images', short: false, onlyWhenNamed: true, run: checkImages };

async function checkImages({ root, folder, say }: DeployContext): Promise<CheckOutcome> {
  const missing = await whatIsMissing();
  if (missing !== undefined) return { figures: [], notRun: [missing] };
  const workshop = openWorkshop(join(folder, 'workshop'));
  const facts = openFacts();
  const sizes: Figure[] = [];
  say('making a Debian to build on');
  await workshop.made('docusnap/base', async (files) => {
    await makeDebian(files);
    sizes.push(sizeOf('their base', await bytesIn(files)));
  });
  await workshop.changed('docusnap/base', 'docusnap/build', addNode);
  for (const service of SERVICES) {
    say(`building ${service}`);
    await workshop.build({ root, target: service, image: `docusnap/${service}`, args: buildArguments() });
  }
  say('ocr-gpu is not built: its base and CUDA libraries come from places that this check does not ask');
  say('looking at what was built, and starting it');
  // Each is opened once: that is a copy of all its files.
  await workshop.opened('docusnap/gateway', (gatewayFiles, gatewayStart) =>
    workshop.opened('docusnap/ocr', async (ocrFiles, ocrStart) => {
      const opened = {
        gateway: { files: gatewayFiles, start: gatewayStart },
        ocr: { files: ocrFiles, start: ocrStart },
      };
      for (const service of SERVICES) {
        const { files, start } = opened[service];
        sizes.push(sizeOf(service, await bytesIn(files)));
        sizes.push(sizeOf(`${service}, of it /app`, await bytesIn(join(files, 'app'))));
        lookInside(facts, service, files, start);
      }
      await smokeImages(opened, { root, folder, facts });
    }),
  );
  return {
    figures: [facts.figure('images: facts'), ...sizes],
    findings: facts.findings,
  };
}

function buildArguments(): Record<string, string> {
  const bases = { BASE_IMAGE: 'docusnap/base', BUILD_IMAGE: 'docusnap/build' };
  return process.env.NODE_EXTRA_CA_CERTS === undefined ? bases : { ...bases, NODE_EXTRA_CA_CERTS: TRUSTED };
}

const sizeOf = (what: string, bytes: number): Figure => figure(`images: size of ${what}`, 'MiB', bytes / MIB, [bytes]);

async function whatIsMissing(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can build without an engine';
  for (const [program, argument] of [
    ['buildah', '--version'],
    ['debootstrap', '--version'],
    ['unshare', '--version'],
  ] as const) {
    try {
      await run(program, [argument]);
    } catch {
      return `${program} is not installed (deploy/ci/tools deploy)`;
    }
  }
  return undefined;
}
