import { AppError } from '@docusnap/contracts';
import type { Session, Tensor } from './models.ts';
import { release } from './release.ts';

/**
 * Runs a model of one input and gives what `use` makes of its first output, whose memory is given back then: `use` must keep nothing of it.
 *
 * @throws AppError `internal` when the model has no input or gives no output: it is not the model it is used as.
 */
export async function runModel<Result>(
  session: Session,
  input: Tensor,
  use: (output: Tensor) => Result,
): Promise<Result> {
  const [inputName] = session.inputNames;
  const [outputName] = session.outputNames;
  if (inputName === undefined || outputName === undefined) {
    throw new AppError('internal', 'Expected a model with an input and an output.');
  }
  const outputs = await session.run({ [inputName]: input });
  const output = outputs[outputName];
  if (output === undefined) {
    throw new AppError('internal', `Expected the model to give "${outputName}".`);
  }
  const result = use(output);
  for (const tensor of Object.values(outputs)) release(tensor);
  return result;
}

/** The same, of an input that nobody needs again: its memory is given back too. */
export async function runModelOnce<Result>(
  session: Session,
  input: Tensor,
  use: (output: Tensor) => Result,
): Promise<Result> {
  const result = await runModel(session, input, use);
  release(input);
  return result;
}
