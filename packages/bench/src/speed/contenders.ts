import { execFileSync } from 'node:child_process';
import type { Program } from '../contender/process.ts';
import { ourEngine } from '../ours.ts';
import { type PageSet, SETTINGS, type Setting } from '../sets.ts';

/** One of those that are compared. */
export interface Entrant {
  readonly name: string;
  /** One of these runs on each core while pages are shared out. */
  readonly oneCore: Program;
  /** This one has the machine to itself. */
  readonly alone: Program;
  /** Which setting of ours it is; null = a peer. */
  readonly setting: Setting | null;
  /** npm peers run the same weights below the same runtime: they are what ours is compared with. */
  readonly npmPeer: boolean;
}

/**
 * Ours in both settings, the npm peers, and Tesseract where it is installed. On one core each gets one inference thread, which is what peers reach most
 * pages with when every core has a process; alone, peers get their default, which is a thread a core.
 */
export function chooseContenders(cores: number, set: PageSet | undefined): Entrant[] {
  const ours = SETTINGS.map((setting) => ({
    name: setting,
    oneCore: ourEngine(setting, 1),
    alone: ourEngine(setting, cores),
    setting,
    npmPeer: false,
  }));
  const peers = [peer('ppu-paddle-ocr', 'ppu.ts', true), peer('@gutenye/ocr-node', 'gutenye.ts', true)];
  const languages = set?.tesseractLanguages ?? 'eng';
  const absent = whyNoTesseract(languages);
  if (absent !== null) console.error(`not run: Tesseract: ${absent}`);
  return [...ours, ...peers, ...(absent === null ? [peer('tesseract', 'tesseract.ts', false, [languages])] : [])];
}

function peer(name: string, file: string, npmPeer: boolean, rest: readonly string[] = []): Entrant {
  const script = new URL(`../peers/${file}`, import.meta.url);
  return {
    name,
    oneCore: { script, args: ['1', ...rest] },
    alone: { script, args: ['default', ...rest] },
    setting: null,
    npmPeer,
  };
}

function whyNoTesseract(language: string): string | null {
  try {
    const printed = execFileSync('tesseract', ['--list-langs'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return printed.split('\n').includes(language) ? null : `it has no language ${language}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'it is not installed' : message;
  }
}
