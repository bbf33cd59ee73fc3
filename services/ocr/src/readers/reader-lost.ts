/**
 * How a reader was lost. `broken`: it threw what nobody expected, may be wrong inside, and was ended for it. `timeout`: it took too long and was
 * ended for it. `stopped`: the service ended it for no fault of a request.
 */
export type Loss = 'died' | 'timeout' | 'broken' | 'stopped';

/** The reader that had a request in hand is gone, and with it the attempt. `message` is for the log. */
export class ReaderLost extends Error {
  readonly how: Loss;

  constructor(how: Loss, message: string) {
    super(message);
    this.name = 'ReaderLost';
    this.how = how;
  }
}

/** A reader that cannot start at all, in its own words: a model file is missing, the execution provider does not load. */
export class ReaderUnable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ReaderUnable';
  }
}
