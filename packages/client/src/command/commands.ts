import { FORMATS } from '../jobs/result.ts';

/** An option of a command, as parseArgs takes it, and in words. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What its value is called in the usage. */
  readonly value?: string;
  readonly about: string;
  /** What may be given, for completion. */
  readonly choices?: readonly string[];
}

export interface CommandSpec {
  readonly summary: string;
  /** What follows the command's name. */
  readonly takes: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Words that may come first, each a command of its own. */
  readonly words?: Readonly<Record<string, string>>;
  readonly examples: readonly string[];
}

const EVERYWHERE = {
  url: { type: 'string', value: 'URL', about: 'address of DocuSnap; DOCUSNAP_URL unless given' },
  config: { type: 'string', value: 'FILE', about: 'configuration to use; ~/.config/docusnap/config.json unless given' },
  json: { type: 'boolean', about: 'print JSON, for programs' },
  help: { type: 'boolean', short: 'h', about: 'say how it is called' },
} as const satisfies Record<string, Option>;

const READING = {
  out: {
    type: 'string',
    short: 'o',
    value: 'DIR',
    about: 'folder for the results; a batch that was interrupted goes on there',
  },
  concurrency: { type: 'string', short: 'c', value: 'N', about: 'files under way at a time (4)' },
  setting: { type: 'string', value: 'NAME', about: 'accurate or fast', choices: ['accurate', 'fast'] },
  pages: { type: 'string', value: 'RANGES', about: 'pages to read of each file, such as 1-3,7' },
  password: { type: 'string', value: 'TEXT', about: 'password that opens the PDFs' },
  erase: { type: 'boolean', about: 'erase each job on the server once its result is here' },
  again: { type: 'boolean', about: 'read files again that were read before' },
  quiet: { type: 'boolean', short: 'q', about: 'say nothing but what went wrong' },
} as const satisfies Record<string, Option>;

const FORMAT = {
  type: 'string',
  short: 'f',
  multiple: true,
  value: 'FORMAT',
  about: `${FORMATS.join(', ')}; several with --out (text)`,
  choices: FORMATS,
} as const satisfies Option;

const SCHEMA = {
  type: 'string',
  short: 's',
  value: 'FILE',
  about: 'JSON Schema of the fields',
} as const satisfies Option;

export const COMMANDS = {
  read: {
    summary: 'read files: PDFs and images, or the ones in a folder',
    takes: 'FILE|FOLDER...',
    options: { format: FORMAT, ...READING, ...EVERYWHERE },
    examples: ['docusnap read receipt.jpg', 'docusnap read *.pdf --format markdown --out texts/'],
  },
  extract: {
    summary: 'find the fields of a JSON Schema in files, with proof',
    takes: 'FILE|FOLDER...',
    options: {
      schema: SCHEMA,
      proofs: { type: 'boolean', about: 'print where each value stands, too' },
      ...READING,
      ...EVERYWHERE,
    },
    examples: ['docusnap extract --schema invoice.json scan.pdf'],
  },
  watch: {
    summary: 'read each file that comes into a folder, until Ctrl-C',
    takes: 'FOLDER',
    options: { format: FORMAT, ...READING, ...EVERYWHERE },
    examples: ['docusnap watch inbox/ --format markdown --out texts/'],
  },
  jobs: {
    summary: 'look after jobs',
    takes: 'list | show ID | cancel ID... | retry ID... | erase ID...',
    words: {
      list: 'the newest jobs',
      show: 'one job: its files, its pages, what failed',
      cancel: 'stop jobs; what was read stays',
      retry: 'read again what failed',
      erase: 'erase jobs: files, texts and rows',
    },
    options: {
      status: { type: 'string', value: 'STATUS', about: 'of list: only jobs of this status' },
      name: { type: 'string', value: 'TEXT', about: 'of list: only jobs whose name contains it' },
      limit: { type: 'string', value: 'N', about: 'of list: at most so many (20)' },
      ...EVERYWHERE,
    },
    examples: ['docusnap jobs list --status failed', 'docusnap jobs retry 0b2f...'],
  },
  keys: {
    summary: 'look after API keys; needs a key with the scope admin',
    takes: 'list | create NAME | revoke ID...',
    words: { list: 'all keys', create: 'make a key; it is shown this once', revoke: 'from then on it opens nothing' },
    options: {
      scope: {
        type: 'string',
        multiple: true,
        value: 'SCOPE',
        about: 'of create: read, write, admin (read and write)',
        choices: ['read', 'write', 'admin', 'operator'],
      },
      expires: { type: 'string', value: 'TIME', about: 'of create: when it ends, such as 2027-01-31T00:00:00Z' },
      ...EVERYWHERE,
    },
    examples: ['docusnap keys create viewer --scope read'],
  },
  doctor: {
    summary: 'check DocuSnap: what is well, what is not, and what to do',
    takes: '',
    options: { ...EVERYWHERE },
    examples: ['docusnap doctor'],
  },
  configure: {
    summary: 'keep the address, and the key that it is given on its input',
    takes: '',
    options: { ...EVERYWHERE },
    examples: ['docusnap configure --url http://127.0.0.1:8000'],
  },
  completion: {
    summary: 'print the completion of a shell',
    takes: 'bash|zsh|fish',
    words: {
      bash: 'source <(docusnap completion bash)',
      zsh: 'source <(docusnap completion zsh)',
      fish: 'docusnap completion fish | source',
    },
    options: { help: EVERYWHERE.help },
    examples: ['source <(docusnap completion bash)'],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;

/** Options as they were given, by their names. */
export type Given = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
