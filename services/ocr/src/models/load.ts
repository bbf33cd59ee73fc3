import type { Session } from '@docusnap/engine';
import type { Provider } from '../provider.ts';
import { assembleModels } from './assemble.ts';
import type { Precision } from './onnx/precision.ts';
import { findModelSet, type ModelFile, openRegistry, type Registry } from './registry.ts';
import { openSession } from './session.ts';
import type { LoadedSet } from './sets.ts';
import { readKeys, sourceOf, versionsOf } from './source.ts';
import { openSpreadSession } from './spread-session.ts';

export interface LoadOptions {
  /** A folder that is searched for the set's files before their npm package is. */
  readonly folder?: string | undefined;
  readonly provider?: Provider;
  /** Name of the set; without it the default set. */
  readonly set?: string;
  readonly registry?: Registry;
  /** What the recogniser computes with where it can; without it what a measurement on this machine prefers. */
  readonly precision?: Precision | undefined;
}

/** A set that is loaded, and what its recogniser really computes with. */
export interface LoadedModels extends LoadedSet {
  readonly precision: Precision;
}

/**
 * Loads a set of models from their published files, once each is proven to be the one in the registry. The readers of a service load what was
 * made of them once for all (`prepared/`).
 *
 * @throws AppError `models_unavailable` for missing, damaged or unfitting files; `provider_unavailable` when the provider cannot be loaded
 */
export async function loadModels(options: LoadOptions = {}): Promise<LoadedModels> {
  const { folder, provider = 'cpu', registry = openRegistry() } = options;
  const set = findModelSet(options.set, registry);
  const open = async (file: ModelFile): Promise<Session> =>
    openSession(await (await sourceOf(set, file, { folder, provider })).bytes(), file.name, provider);
  const { recognition } = set.files;
  const { bytes, precision } = await sourceOf(set, recognition, { folder, provider, precision: options.precision });
  const models = await assembleModels({
    recognition: await openSpreadSession(bytes, { name: recognition.name, provider }),
    detection: await open(set.files.detection),
    orientation: await open(set.files.orientation),
    keys: await readKeys(set, folder),
    versions: versionsOf(set, precision),
  });
  return { models, set: set.name, provider, precision };
}
