import { type ConfigVariable, describeConfig } from '../../packages/runtime/src/index.ts';
import { GatewayConfig } from '../../services/gateway/src/config.ts';
import { OcrConfig } from '../../services/ocr/src/config.ts';

/**
 * Keeps .env.example and docker-compose.yml in step with what the services read. Above a mark both are written by hand; below it every variable is
 * passed on, unless the compose file sets it above.
 */

const SERVICES = [
  { name: 'gateway', schema: GatewayConfig },
  { name: 'ocr', schema: OcrConfig },
] as const;
type ServiceName = (typeof SERVICES)[number]['name'];

const EXAMPLE_MARK = '# --- What the services read: written by deploy/ci/write-environment.ts';
const COMPOSE_MARK = '  # written by deploy/ci/write-environment.ts\n';
const COMPOSE_END = '  # end of what was written\n';
/** Longest line of a comment. */
const WIDTH = 150;

/** What can only be set where there is more than compose brings: a folder of files, other ways for internal callers. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  BLOB_DIR: 'not used here, since files are kept in S3',
  INTERNAL_TLS_CERT: 'not used here, since INTERNAL_AUTH is hmac',
  INTERNAL_TLS_KEY: 'not used here, since INTERNAL_AUTH is hmac',
  INTERNAL_CLIENT_CA: 'not used here, since INTERNAL_AUTH is hmac',
  INTERNAL_CLIENT_NAMES: 'not used here, since INTERNAL_AUTH is hmac',
  OCR_COMPAT: 'not used here, since no zone may call the ocr services but by the queue',
  OCR_COMPAT_PORT: 'not used here, since no zone may call the ocr services but by the queue',
  OCR_COMPAT_TOKEN: 'not used here, since no zone may call the ocr services but by the queue',
};

/** The text of docker-compose.yml with what is to be passed on to each service. Throws where its marks are missing. */
export function withEnvironment(compose: string): string {
  return SERVICES.reduce((text, { name, schema }) => {
    const { before, after } = blockOf(text, name);
    const set = namesSet(text, name);
    const lines = describeConfig(schema)
      .filter((variable) => !set.has(variable.name) && !(variable.name in ELSEWHERE))
      .map((variable) => `  ${variable.name}: \${${variable.name}:-}\n`);
    return before + lines.join('') + after;
  }, compose);
}

/** The text of .env.example, whose upper part stays. */
export function withExamples(example: string, compose: string): string {
  const mark = example.indexOf(EXAMPLE_MARK);
  if (mark === -1) throw new Error(`.env.example has lost its line "${EXAMPLE_MARK} ..."`);
  const end = example.indexOf('\n', mark) + 1;
  const above = new Set([...example.slice(0, mark).matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name as string));
  return (
    example.slice(0, end) +
    allVariables()
      .map((one) => paragraphOf(one, above, compose))
      .join('')
  );
}

interface Described extends ConfigVariable {
  readonly services: ServiceName[];
}

/** Each once: first the gateway's, then those that only ocr reads. */
function allVariables(): Described[] {
  const found = new Map<string, Described>();
  for (const { name: service, schema } of SERVICES) {
    for (const variable of describeConfig(schema)) {
      const known = found.get(variable.name);
      if (known) known.services.push(service);
      else found.set(variable.name, { ...variable, services: [service] });
    }
  }
  return [...found.values()];
}

function paragraphOf(variable: Described, above: ReadonlySet<string>, compose: string): string {
  const { name, services } = variable;
  const fixed = services.every((service) => namesSet(compose, service).has(name));
  const notes = [services.join(' and '), defaultOf(variable)].filter((note) => note !== '');
  const comment = `${variable.description} (${notes.join('; ')})`;
  if (above.has(name)) return `\n${wrapped(comment)}# ${name}: see above\n`;
  if (fixed) return `\n${wrapped(comment)}# ${name}: set by docker-compose.yml\n`;
  if (name in ELSEWHERE) return `\n${wrapped(comment)}# ${name}: ${ELSEWHERE[name]}\n`;
  return `\n${wrapped(comment)}${name}=\n`;
}

function defaultOf({ name, default: value, required }: ConfigVariable): string {
  // As many as the machine has cores that writes this.
  if (name === 'OCR_READERS') return 'default: one for each core';
  if (value !== null) return `default: ${value}`;
  return required ? 'required' : '';
}

/** As comments of a width at which they are read. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length + 1 > WIDTH) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** What stands before and after the lines that are written for a service. */
function blockOf(compose: string, service: ServiceName): { before: string; after: string } {
  const start = compose.indexOf(`\nx-${service}-environment:`);
  const mark = compose.indexOf(COMPOSE_MARK, start);
  const end = compose.indexOf(COMPOSE_END, mark);
  if (start === -1 || mark === -1 || end === -1) {
    throw new Error(`docker-compose.yml has lost the marks of what is written into x-${service}-environment`);
  }
  return { before: compose.slice(0, mark + COMPOSE_MARK.length), after: compose.slice(end) };
}

/** Names that the compose file sets by hand, by value or by file. */
function namesSet(compose: string, service: ServiceName): Set<string> {
  const { before } = blockOf(compose, service);
  const own = before.slice(before.lastIndexOf(`\nx-${service}-environment:`));
  const names = [...own.matchAll(/^ {2}([A-Z0-9_]+): /gm)].map(([, name]) => name as string);
  // NAME_FILE sets NAME, unless that is a variable's own name.
  return new Set([...names, ...names.map((name) => name.replace(/_FILE$/, ''))]);
}
