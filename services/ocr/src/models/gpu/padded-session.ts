import type { Session, Tensor } from '@docusnap/engine';
import { cropped, PAGE_STEP, padded } from './shapes.ts';

/**
 * The detector on a GPU: pages are filled up to sides that many pages share, and what it says of the filling is cut off. Its map is as large as the
 * page, so the part that is the page's own is at the same place.
 */
export function openPaddedSession(session: Session, step = PAGE_STEP): Session {
  const [inputName = ''] = session.inputNames;
  const raised = (side: number): number => Math.ceil(side / step) * step;
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(inputs) {
      const input = inputs[inputName];
      if (input === undefined) return session.run(inputs);
      const [, , height = 0, width = 0] = input.dims;
      const larger = padded(input, { height: raised(height), width: raised(width) });
      const outputs = await session.run({ ...inputs, [inputName]: larger });
      const own = (tensor: Tensor): Tensor => cropped(tensor, { height, width });
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, own(tensor)]));
    },
  };
}
