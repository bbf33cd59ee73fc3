import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openWorkshop } from '../kubernetes/kustomize.ts';

const run = promisify(execFile);
/** Bytes of one build: all of prod are 80 KB. */
const MOST_BYTES = 16 * 2 ** 20;
/** What a job has beside what it deploys to: the overlays, and what brings their secrets. */
const NEEDED = ['k8s', 'deploy/rollout'];
const BRINGS_SECRETS = 'deploy/rollout/overlay-secrets';

/** Overlays as jobs of pipelines find them, and an operator who ran k8s/init. */
export interface Checkouts {
  /**
   * Builds an overlay in a fresh copy of what git knows, without the files that it ignores, with what the job's commands bring there before they deploy.
   * Gives the last line of what was said where that fails, or null.
   */
  build(overlay: string, commands: readonly string[]): Promise<string | null>;
}

/** `folder` is empty. */
export async function openCheckouts(root: string, folder: string): Promise<Checkouts> {
  const workshop = await openWorkshop(root, join(folder, 'operator'));
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...NEEDED], {
    cwd: root,
  });
  const paths = listed.stdout.split('\0').filter((path) => path !== '');
  let built = 0;
  return {
    async build(overlay, commands) {
      built += 1;
      const place = join(folder, `job-${built}`);
      // What was deleted and not yet committed is still listed.
      await Promise.all(paths.map((path) => cp(join(root, path), join(place, path)).catch(() => undefined)));
      try {
        if (commands.some((command) => command.startsWith(BRINGS_SECRETS))) {
          const OVERLAY_SECRETS = await archiveOf(join(workshop.folder, 'overlays', overlay, 'secrets'));
          await run(join(place, BRINGS_SECRETS), [overlay], { env: { ...process.env, OVERLAY_SECRETS } });
        }
        await run('kubectl', ['kustomize', join(place, 'k8s/overlays', overlay)], { maxBuffer: MOST_BYTES });
        return null;
      } catch (error) {
        const said = error instanceof Error && 'stderr' in error ? error.stderr : error;
        return String(said).trim().split('\n').at(-1) ?? '';
      }
    },
  };
}

/** Empty where there is nothing to bring: its secrets come from Vault. */
async function archiveOf(folder: string): Promise<string> {
  if (!existsSync(folder)) return '';
  const { stdout } = await run('tar', ['-cz', '-C', folder, '.'], { encoding: 'buffer' });
  return stdout.toString('base64');
}
