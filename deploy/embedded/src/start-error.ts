/** A reason why the system cannot start, as one sentence for the person at the terminal; printed without a stack. */
export class StartError extends Error {
  constructor(sentence: string, options: { cause?: unknown } = {}) {
    super(sentence, options);
    this.name = 'StartError';
  }
}
