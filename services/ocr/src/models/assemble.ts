import { AppError, type ModelVersions } from '@docusnap/contracts';
import type { Models, Session } from '@docusnap/engine';
import { alphabetOf } from './alphabet.ts';

export interface Parts {
  readonly detection: Session;
  readonly orientation: Session;
  readonly recognition: Session;
  readonly keys: readonly string[];
  readonly versions: ModelVersions;
}

/**
 * Opened sessions as models to read with.
 *
 * @throws AppError `models_unavailable` when the recogniser does not give the classes that the keys are for
 */
export async function assembleModels({ keys, ...parts }: Parts): Promise<Models> {
  return { ...parts, alphabet: alphabetOf(keys, await classesOf(parts.recognition)) };
}

/** How many classes the recogniser gives: asked with an empty line, which also proves that it runs where it was loaded. */
async function classesOf(recogniser: Session): Promise<number> {
  const [input = ''] = recogniser.inputNames;
  const outputs = await recogniser.run({ [input]: { data: new Float32Array(3 * 48 * 32), dims: [1, 3, 48, 32] } });
  const classes = outputs[recogniser.outputNames[0] ?? '']?.dims[2];
  if (classes === undefined) {
    throw new AppError('models_unavailable', 'The recogniser does not give classes by steps.');
  }
  return classes;
}
