import type { Writable } from 'node:stream';

export interface Stream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the command is called: what goes in and out. */
export interface Surroundings {
  readonly environment: Environment;
  readonly input: NodeJS.ReadStream;
  readonly output: Stream;
  readonly errors: Stream;
  /** Aborted when it is to stop. */
  readonly signal: AbortSignal;
}

export type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold';
const CODES: Readonly<Record<Colour, string>> = { red: '31', green: '32', yellow: '33', dim: '2', bold: '1' };

export type Paint = (colour: Colour, text: string) => string;

/** Colours where a terminal shows them and nobody minds (https://no-color.org). */
export function paintFor(stream: Stream, environment: Environment): Paint {
  const wanted = isTerminal(stream, environment) && !environment.NO_COLOR;
  return (colour, text) => (wanted ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text);
}

/** Whether lines can be drawn again. */
export function isTerminal(stream: Stream, environment: Environment): boolean {
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/** "1 file", "2 files". */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A table as lines: columns as wide as what stands in them. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
