import type { Program } from './contender/process.ts';
import type { Setting } from './sets.ts';

/** A process of the ocr service that reads with the real models. A package imports no service, so it is started, not imported. */
const MEASURE = new URL('../../../services/ocr/src/measure/main.ts', import.meta.url);

/** @param threads inference threads that one page may use */
export function ourEngine(setting: Setting, threads: number): Program {
  return { script: MEASURE, args: ['--setting', setting, '--threads', String(threads)] };
}
