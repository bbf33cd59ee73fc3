import type { z } from 'zod';

/** What is wrong with a value, in one line: `priority: Too big: expected number to be <=9`. Names fields, shows no values. */
export function explain(error: z.ZodError): string {
  return error.issues
    .flatMap(ofOneKind)
    .slice(0, 5)
    .map((issue) => (issue.path.length === 0 ? inWords(issue) : `${issue.path.join('.')}: ${inWords(issue)}`))
    .join('; ');
}

/** Of a value that may be of several kinds: what is wrong with it as the one that it looks like, since something in it is of that one. */
function ofOneKind(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const kind = issue.errors.find((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0));
  return kind?.flatMap((inner) => ofOneKind({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
}

/** The validator's words, but for those that only its own kind would understand. */
function inWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown: ${issue.keys.map((key) => key.slice(0, 50)).join(', ')}`;
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing';
  if (issue.code === 'invalid_type' && issue.message.endsWith('received NaN')) return 'is not a number';
  return issue.message;
}
