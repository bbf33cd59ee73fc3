import { openDocuSnap } from '../docusnap.ts';
import { type Call, textOf } from './call.ts';
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';
import { configPath, writeConfig } from './settings.ts';

/** `docusnap configure`: keeps address and key once they have been tried. The key is read, so that it stands in no list of processes or commands. */
export async function configure(call: Call): Promise<ExitCode> {
  const { environment, output, signal } = call;
  const url = textOf(call, 'url') ?? environment.DOCUSNAP_URL;
  if (!url || !URL.canParse(url)) throw new UsageError('Say where DocuSnap is: --url http://127.0.0.1:8000');
  const apiKey = environment.DOCUSNAP_API_KEY || (await readLine(call));
  if (apiKey === '') throw new UsageError('No API key was given. Type or pipe it into this command.');
  await openDocuSnap({ url, apiKey }).jobs.list({ limit: 1, signal }).page();
  const path = textOf(call, 'config') ?? configPath(environment);
  writeConfig(path, { url, apiKey });
  output.write(`${url} answers to this key; both are kept in ${path}.\n`);
  return EXIT.ok;
}

/** The first line of the input; typed at a terminal it is not shown. */
async function readLine({ input, errors, signal }: Call): Promise<string> {
  if (input.isTTY) {
    errors.write('API key: ');
    input.setRawMode(true);
  }
  let text = '';
  try {
    for await (const chunk of input.iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      // In raw mode Ctrl-C is a character.
      if (text.includes('\u0003')) throw new UsageError('No API key was given.');
      if (firstLine(text) !== text || signal.aborted) break;
    }
  } finally {
    if (input.isTTY) {
      input.setRawMode(false);
      errors.write('\n');
    }
    input.pause();
  }
  return firstLine(text).trim();
}

/** In raw mode Ctrl-D is a character, too. */
const firstLine = (text: string): string => text.replace('\u0004', '\n').split(/[\r\n]/)[0] ?? '';
