import { LONG_DOCUMENT_STORIES } from './budgets.ts';
import { EVERYWHERE_STORIES } from './everywhere.ts';
import { JOB_STORIES } from './jobs.ts';
import { OPERATE_STORIES } from './operate.ts';
import { READ_STORIES } from './read.ts';
import { REFERENCE_STORIES } from './reference.ts';
import { SIGN_IN_STORIES } from './sign-in.ts';
import type { Story } from './story.ts';
import { UNDERSTAND_STORIES } from './understand.ts';

/** All that the console is used for, by room. */
export const STORIES: readonly Story[] = [
  ...SIGN_IN_STORIES,
  ...READ_STORIES,
  ...UNDERSTAND_STORIES,
  ...JOB_STORIES,
  ...OPERATE_STORIES,
  ...REFERENCE_STORIES,
  ...EVERYWHERE_STORIES,
  ...LONG_DOCUMENT_STORIES,
];
