import { parseArgs } from 'node:util';
import { temporaryFolder } from '@docusnap/testing';
import { tryInBrowser } from './published/browser.ts';
import { tryCommand } from './published/command.ts';
import { tryExamples } from './published/examples.ts';
import { findNode, NODE_MAJORS } from './published/node-versions.ts';
import { packClient } from './published/pack.ts';
import { tryProject } from './published/project.ts';
import { openTrials } from './published/trials.ts';
import { figure, report } from './report.ts';
import { startSystem } from './system.ts';
import { runCommand } from './usage.ts';

/**
 * Installs what would be published of packages/client into empty projects, with each version of Node.js that it is for, and tries it there against a real
 * system: `import`, `require`, types, the command, a bundle in a real browser, and every example of its README.
 */

const USAGE = 'npm run test:client -- [--json FILE]';
/** Bytes of the tarball, and of a bundle for browsers, compressed. */
const MOST_TARBALL = 150_000;
const MOST_BUNDLE = 50_000;

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({ options: { json: { type: 'string' } } });
  const folder = await temporaryFolder('published');
  const trials = openTrials();
  try {
    const packed = await packClient(folder.path);
    // Pages of other origins may call it, as the bundle does.
    const system = await startSystem({ CORS_ORIGINS: '*', OCR_READERS: '2' });
    let bundleBytes = 0;
    try {
      for (const major of NODE_MAJORS) {
        const node = await findNode(major);
        if ('why' in node) trials.notRun(`Node.js ${major}`, node.why);
        else await tryProject(trials, { node, packed, system, folder: folder.path });
      }
      await tryExamples(trials, { packed, system, folder: folder.path });
      await tryCommand(trials, { packed, system, folder: folder.path });
      bundleBytes = await tryInBrowser(trials, { packed, system, folder: folder.path });
    } finally {
      await system.stop();
    }
    return report(
      [
        figure('trials', 'trials', trials.count(), []),
        figure('trials that failed', 'trials', trials.failed(), [], { atMost: 0 }),
        figure('tarball', 'bytes', packed.bytes, [], { atMost: MOST_TARBALL }),
        figure('dependencies', 'packages', packed.dependencies, [], { atMost: 0 }),
        figure('bundle for browsers, gzip', 'bytes', bundleBytes, [], { atMost: MOST_BUNDLE }),
      ],
      values.json,
    );
  } finally {
    await folder.remove();
  }
}

process.exitCode = await runCommand(USAGE, main);
