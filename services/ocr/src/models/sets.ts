import { AppError } from '@docusnap/contracts';
import type { Models } from '@docusnap/engine';
import type { Provider } from '../provider.ts';

/** A set that is loaded: its name, its models, and the provider they really run on. */
export interface LoadedSet {
  readonly set: string;
  readonly models: Models;
  readonly provider: Provider;
}

/** The sets of models that one reader has loaded. */
export interface LoadedSets {
  /** What is read with unless a request names another. */
  readonly first: LoadedSet;
  /** Throws `model_not_loaded`, naming those that are. */
  choose(name: string | undefined): Models;
}

/**
 * Loads several sets, one after the other so that their loading does not add up in memory; the first is the default.
 *
 * All are loaded before the reader says that it is ready, rather than when first asked for: so a file that is missing, damaged or no model ends
 * the service's start with a sentence about it, instead of failing somebody's page a week later, and no page waits for models. It costs the
 * memory of their weights (25 to 70 MiB a reader for another PP-OCRv4 mobile, measured); what several sets share is loaded once.
 *
 * @throws what the loading throws
 */
export async function openSets(sets: readonly (readonly [string, () => Promise<LoadedSet>])[]): Promise<LoadedSets> {
  const loaded = new Map<string, LoadedSet>();
  for (const [name, load] of sets) loaded.set(name, await load());
  const [first] = loaded.values();
  if (first === undefined) throw new AppError('models_unavailable', 'No set of models is named.');
  return {
    first,
    choose(name) {
      const { models } = name === undefined ? first : (loaded.get(name) ?? refuse(name, [...loaded.keys()]));
      return models;
    },
  };
}

function refuse(name: string, loaded: readonly string[]): never {
  throw new AppError('model_not_loaded', `"${name}" was asked for; loaded are: ${loaded.join(', ')}.`);
}
