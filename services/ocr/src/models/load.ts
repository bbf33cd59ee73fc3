import { AppError } from '@docusnap/contracts';
import type { Models } from '@docusnap/engine';
import type { Provider } from '../provider.ts';
import { alphabetOf } from './alphabet.ts';
import { packageFolder, readModelFile } from './files.ts';
import { rewriteModel } from './onnx/rewrite.ts';
import { findModelSet, type ModelFile } from './registry.ts';
import { openSession } from './session.ts';

export interface LoadOptions {
  /** A folder that holds the set's files, instead of its npm package. */
  readonly folder?: string | undefined;
  readonly provider?: Provider;
  /** Name of the set in models.json; without it the default set. */
  readonly set?: string;
}

/** Models ready to read with, the set's name, and the provider they really run on. */
export interface LoadedModels {
  readonly models: Models;
  readonly set: string;
  readonly provider: Provider;
}

/**
 * Loads a set of models once each file is proven to be the one in the registry.
 *
 * @throws AppError `models_unavailable` for missing, damaged or unfitting files; `provider_unavailable` when the provider cannot be loaded
 */
export async function loadModels({ folder, provider = 'cpu', set: name }: LoadOptions = {}): Promise<LoadedModels> {
  const set = findModelSet(name);
  const { detection, orientation, recognition, alphabet } = set.files;
  const from = folder ?? packageFolder(set);
  const open = async (file: ModelFile) =>
    openSession(rewriteModel(await readModelFile(from, file)), file.name, provider);
  const recogniser = await open(recognition);
  const models: Models = {
    detection: await open(detection),
    orientation: await open(orientation),
    recognition: recogniser,
    alphabet: alphabetOf((await readModelFile(from, alphabet)).toString('utf8'), await classesOf(recogniser)),
    versions: {
      detection: versionOf(detection),
      orientation: versionOf(orientation),
      recognition: versionOf(recognition),
    },
  };
  return { models, set: set.name, provider };
}

function versionOf({ name, sha256 }: ModelFile) {
  return { name, sha256 };
}

/** How many classes the recogniser gives: asked with an empty line, which also proves that it runs where it was loaded. */
async function classesOf(recogniser: Models['recognition']): Promise<number> {
  const [input = ''] = recogniser.inputNames;
  const outputs = await recogniser.run({ [input]: { data: new Float32Array(3 * 48 * 32), dims: [1, 3, 48, 32] } });
  const classes = outputs[recogniser.outputNames[0] ?? '']?.dims[2];
  if (classes === undefined) {
    throw new AppError('models_unavailable', 'The recogniser does not give classes by steps.');
  }
  return classes;
}
