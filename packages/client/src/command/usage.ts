import { COMMANDS, type CommandName, type CommandSpec } from './commands.ts';
import { tableLines } from './screen.ts';

const EXITS = `Exit codes: 0 all went well; 1 a file was not (wholly) read, or a check failed; 2 called wrongly; 3 no address or key, or the key was
refused; 4 DocuSnap cannot be reached; 130 interrupted.`;

/** How the command is called. */
export function usage(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => [`  ${name}`, summary]);
  return `Usage: docusnap COMMAND [OPTIONS]

${tableLines(rows).join('\n')}

docusnap COMMAND --help says more of each. DOCUSNAP_URL and DOCUSNAP_API_KEY say where DocuSnap is; or docusnap configure.
${EXITS}
`;
}

/** How one command is called. */
export function usageOf(name: CommandName): string {
  const { takes, summary, options, words, examples }: CommandSpec = COMMANDS[name];
  const optionRows = Object.entries(options).map(([option, { short, value, about }]) => [
    `  ${short ? `-${short}, ` : '    '}--${option}${value ? ` ${value}` : ''}`,
    about,
  ]);
  const wordRows = Object.entries(words ?? {}).map(([word, about]) => [`  ${word}`, about]);
  return [
    `Usage: docusnap ${name} ${takes}`.trimEnd(),
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ...(wordRows.length > 0 ? ['', ...tableLines(wordRows)] : []),
    '',
    ...tableLines(optionRows),
    '',
    ...examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}
