import type { Session } from '@docusnap/engine';
import type { Provider } from '../../provider.ts';
import { keysIn } from '../alphabet.ts';
import { assembleModels } from '../assemble.ts';
import { openBatchingSession } from '../gpu/batching-session.ts';
import { openPaddedSession } from '../gpu/padded-session.ts';
import { openSession } from '../session.ts';
import { type LoadedSets, openSets } from '../sets.ts';
import { openSpreadSession } from '../spread-session.ts';
import { type PreparedFile, type PreparedSet, readManifest, readPrepared } from './manifest.ts';

/**
 * Loads the sets of a folder that `prepareModels` filled; the first is the default. Nothing of the models is measured or made here, and nothing
 * that could is imported: with that a reader had 30 MiB more once it was ready, and 70 to 100 MiB more on the way there.
 *
 * @throws AppError `models_unavailable` for a file that is missing or changed, or models that do not run; `provider_unavailable` when the
 *   provider cannot be loaded
 */
export async function loadPreparedSets(folder: string, { provider }: { provider: Provider }): Promise<LoadedSets> {
  const opened = new Map<string, Session>();
  const openOnce = async (file: PreparedFile, start: () => Promise<Session>): Promise<Session> => {
    const session = opened.get(file.file) ?? (await start());
    opened.set(file.file, session);
    return session;
  };
  const load = async ({ name, versions, files }: PreparedSet) => {
    const open = (file: PreparedFile, model: string) =>
      openOnce(file, async () => openSession(await readPrepared(folder, file), model, provider));
    const spread = (file: PreparedFile, model: string) =>
      openOnce(file, () => openSpreadSession(() => readPrepared(folder, file), { name: model, provider }));
    const models = await assembleModels({
      recognition:
        provider === 'cpu'
          ? await spread(files.recognition, versions.recognition.name)
          : openBatchingSession(await open(files.recognition, versions.recognition.name)),
      detection:
        provider === 'cpu'
          ? await open(files.detection, versions.detection.name)
          : openPaddedSession(await open(files.detection, versions.detection.name)),
      orientation: await open(files.orientation, versions.orientation.name),
      keys: keysIn((await readPrepared(folder, files.keys)).toString('utf8')),
      versions,
    });
    return { set: name, models, provider };
  };
  const { sets } = await readManifest(folder);
  return openSets(sets.map((set) => [set.name, () => load(set)]));
}
