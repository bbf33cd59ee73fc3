import { adviceOn, type ERRORS, type ErrorCode } from '../../../packages/contracts/src/index.ts';

type Table = typeof ERRORS;

const HEAD = `<!-- Made by \`npm run generate:client\` from packages/contracts/src/errors.ts. Not to be edited: a test compares it with that table. -->

# Errors

Every refusal is a problem document (RFC 9457) with a stable \`code\`; files, pages and jobs that failed bear the same codes. The
last column is its public message, to which \`detail\` may add what this case is about; then what to do.

*Again* says whether the same request may succeed later without being changed. The client sends such requests again by itself, after the time that
\`Retry-After\` names, as often as \`retries\` allows.

| code | status | again | what happened, what to do |
|---|---|---|---|
`;

/** The table of errors as a page. */
export function errorPage(errors: Table): string {
  const rows = Object.entries(errors)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { status, retryable, message }]) =>
        `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${message}${advice(code as ErrorCode)} |`,
    );
  return `${HEAD}${rows.join('\n')}\n`;
}

const advice = (code: ErrorCode): string => {
  const text = adviceOn(code);
  return text === undefined ? '' : ` ${text}`;
};

/** The same for the command, which shows it below a message. */
export function adviceModule(errors: Table): string {
  const lines = (Object.keys(errors) as ErrorCode[])
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((code) => (adviceOn(code) === undefined ? [] : [`  ${code}: ${JSON.stringify(adviceOn(code))},`]));
  return `// Made by \`npm run generate:client\` from packages/contracts/src/error-advice.ts. Not to be edited: a test compares it with that.

/** What to do about errors whose message does not say. */
export const ADVICE: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`;
}
