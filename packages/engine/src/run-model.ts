import { AppError } from '@docusnap/contracts';
import type { Session, Tensor } from './models.ts';

/**
 * Runs a model of one input and takes its first output.
 *
 * @throws AppError `internal` when the model has no input or gives no output: it is not the model it is used as.
 */
export async function runModel(session: Session, input: Tensor): Promise<Tensor> {
  const [inputName] = session.inputNames;
  const [outputName] = session.outputNames;
  if (inputName === undefined || outputName === undefined) {
    throw new AppError('internal', 'Expected a model with an input and an output.');
  }
  const output = (await session.run({ [inputName]: input }))[outputName];
  if (output === undefined) {
    throw new AppError('internal', `Expected the model to give "${outputName}".`);
  }
  return output;
}
