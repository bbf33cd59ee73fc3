/** A request that shows how a call is meant, as data: the same in every language. */
export interface Sample {
  readonly method: string;
  /** With its query; `JOB_ID` stands for an id. */
  readonly path: string;
  readonly json?: object;
  /** Fields beside a file, which makes it a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly accept?: string;
  /** Name of the file that the answer is kept in; printed otherwise. */
  readonly keep?: string;
}

/** The file that samples send; it lies in deploy/embedded/sample. */
export const SAMPLE_FILE = 'invoice.jpg';
