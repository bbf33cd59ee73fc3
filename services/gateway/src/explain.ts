import type { z } from 'zod';

/** What is wrong with a value, in one line: `priority: Too big: expected number to be <=9`. Names fields, shows no values. */
export function explain(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`))
    .join('; ');
}
