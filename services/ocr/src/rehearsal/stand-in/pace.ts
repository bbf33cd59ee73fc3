import { readFileSync } from 'node:fs';

/** How long readers are held by a page, and how much text it has; where it is not left to the page's pixels. */
export interface Pace {
  /** Milliseconds. */
  readonly holdMs: number;
  /** Lines of eight words. */
  readonly lines: number;
}

/** The variable that names the file. */
export const PACE_VARIABLE = 'STAND_IN_PACE_FILE';

/** As the file says just now: looked at for each page, so that a measurement changes it without starting its readers again. */
export function readPace(file: string | undefined): Pace | undefined {
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Pace);
}
