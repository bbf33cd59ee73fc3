import type { JobBody, SplitBody, Task } from '@docusnap/contracts';
import { type Sending, sendForm } from '../api/send-form.ts';

/** What a person chose beside the files. */
export interface SendOptions {
  readonly setting: 'accurate' | 'fast';
  /** "1-3,7"; empty for all. */
  readonly pages: string;
  readonly password: string;
  readonly apart: boolean;
  readonly barcodes: boolean;
  readonly pdfText: 'auto' | 'never';
  readonly anew: boolean;
}

export const USUAL: SendOptions = {
  setting: 'accurate',
  pages: '',
  password: '',
  apart: false,
  barcodes: false,
  pdfText: 'auto',
  anew: false,
};

/** What is asked to be understood of the files. */
export interface Ask {
  readonly task: Task;
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly labels?: readonly string[];
  /** What no page proves is left out. */
  readonly onlyProven?: boolean;
}

/** The options as the API takes them: what is usual is left out. */
export function optionsOf(
  { setting, pages, password, apart, barcodes, pdfText, anew }: SendOptions,
  files: number,
): Partial<JobBody['options']> {
  return {
    ...(setting !== USUAL.setting && { setting }),
    ...(pages.trim() !== '' && { pages: pages.trim() }),
    ...(password !== '' && { password }),
    ...(apart && files > 1 && { split: true }),
    ...(barcodes && { barcodes: true }),
    ...(pdfText !== USUAL.pdfText && { pdf: { text: pdfText } }),
    ...(anew && { cache: false }),
  };
}

/** Sends files to be read. Gives the jobs they became, one or, where each is a document, several. Throws CallError. */
export async function sendFiles(
  files: readonly File[],
  { options, ask, ...sending }: Sending & { readonly options: SendOptions; readonly ask?: Ask | undefined },
): Promise<readonly JobBody[]> {
  const form = new FormData();
  const { onlyProven = false, ...question } = ask ?? {};
  const asked = { ...optionsOf(options, files.length), ...(onlyProven && { require_grounding: true }) };
  if (Object.keys(asked).length > 0) form.set('options', JSON.stringify(asked));
  for (const [name, value] of Object.entries(question))
    if (value !== undefined) form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  for (const file of files) form.append('file', file, file.name);
  const answer = await sendForm<JobBody | SplitBody>('/v1/jobs', form, sending);
  return 'jobs' in answer ? answer.jobs : [answer];
}
