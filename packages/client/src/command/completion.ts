import type { Call } from './call.ts';
import { COMMANDS, type CommandSpec } from './commands.ts';
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';

type Entry = readonly [name: string, spec: CommandSpec];
const ENTRIES: readonly Entry[] = Object.entries(COMMANDS);

const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

/** `docusnap completion SHELL`: what makes a shell complete commands, options and their values. */
export async function completion({ args: [shell = ''], output }: Call): Promise<ExitCode> {
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (!script) throw new UsageError(`Expected the name of a shell: ${Object.keys(SHELLS).join(', ')}.`);
  output.write(script());
  return EXIT.ok;
}

const optionsOf = ({ options }: CommandSpec): string[] => Object.keys(options).map((option) => `--${option}`);
const wordsOf = ({ words = {} }: CommandSpec): string[] => Object.keys(words);
const names = ENTRIES.map(([name]) => name).join(' ');

function bash(): string {
  const values = ENTRIES.flatMap(([, { options }]) => Object.entries(options)).filter(([, { choices }]) => choices);
  const choices = new Map(values.map(([option, { choices: given = [] }]) => [option, given.join(' ')]));
  return `_docusnap() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names}' -- "$word"))
    return
  fi
  case $before in
${[...choices].map(([option, given]) => `    --${option}) COMPREPLY=($(compgen -W '${given}' -- "$word")); return ;;`).join('\n')}
    --out|-o) COMPREPLY=($(compgen -d -- "$word")); return ;;
  esac
  case \${COMP_WORDS[1]} in
${ENTRIES.map(([name, spec]) => `    ${name}) local words='${[...wordsOf(spec), ...optionsOf(spec)].join(' ')}' ;;`).join('\n')}
    *) local words='' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"))
}
complete -o filenames -F _docusnap docusnap
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function zsh(): string {
  const described = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([name, about]) => quoted(`${name}:${about}`)).join(' ');
  const cases = ENTRIES.map(([name, spec]) => {
    const options = Object.entries(spec.options).map(([option, { about, value, choices }]) =>
      quoted(
        `--${option}[${about.replaceAll(/[[\]:]/g, ' ')}]${value ? `:${value}:${choices ? `(${choices.join(' ')})` : '_files'}` : ''}`,
      ),
    );
    const words = spec.words ? `'1:word:(${wordsOf(spec).join(' ')})' ` : '';
    return `    ${name}) _arguments ${words}${options.join(' ')} '*:file:_files' ;;`;
  });
  return `#compdef docusnap
_docusnap() {
  if (( CURRENT == 2 )); then
    local -a commands=(${described(ENTRIES.map(([name, { summary }]) => [name, summary]))})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _docusnap docusnap
`;
}

function fish(): string {
  const lines = ENTRIES.flatMap(([name, spec]) => {
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c docusnap -n __fish_use_subcommand -f -a ${name} -d ${quoted(spec.summary)}`,
      ...Object.entries(spec.words ?? {}).map(
        ([word, about]) => `complete -c docusnap ${seen} -a ${word} -d ${quoted(about)}`,
      ),
      ...Object.entries(spec.options).map(
        ([option, { short, value, choices, about }]) =>
          `complete -c docusnap ${seen} -l ${option}${short ? ` -s ${short}` : ''}${value ? ' -r' : ''}${choices ? ` -f -a ${quoted(choices.join(' '))}` : ''} -d ${quoted(about)}`,
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}
