import { basename } from 'node:path';
import type { Stage } from './batch/file-run.ts';
import type { Outcome } from './batch/work.ts';
import { counted, type Environment, isTerminal, type Paint, paintFor, type Stream } from './screen.ts';

/** Shows how far files are: bars where a terminal can be drawn on, else a line for each file that has ended. */
export interface Progress {
  stage(path: string, stage: Stage): void;
  ended(outcome: Outcome): void;
  /** A line of its own. */
  line(text: string): void;
  /** Takes the bars away, and says how it went. */
  close(): void;
}

export interface ProgressOptions {
  readonly stream: Stream;
  readonly environment: Environment;
  /** Files in all; undefined where nobody knows. */
  readonly total: number | undefined;
  /** Nothing but what went wrong. */
  readonly quiet: boolean;
}

/** Of drawing, in milliseconds: often enough to look alive. */
const EVERY_MS = 120;
const BAR = 16;
const NAME = 22;

export function openProgress({ stream, environment, total, quiet }: ProgressOptions): Progress {
  const paint = paintFor(stream, environment);
  const drawn = isTerminal(stream, environment) && !quiet;
  const began = Date.now();
  const active = new Map<string, Stage>();
  const count = { ended: 0, failed: 0, skipped: 0, pages: 0 };
  let lines = 0;

  const clear = (): void => {
    if (lines > 0) stream.write(`\x1b[${lines}A\x1b[J`);
    lines = 0;
  };
  const draw = (): void => {
    clear();
    const width = (stream.columns || 80) - 1;
    const rows = [...active].map(([path, stage]) => fileRow(path, stage, width));
    rows.push(totalRow(count, total, began, width));
    stream.write(`${rows.join('\n')}\n`);
    lines = rows.length;
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
    if (drawn) draw();
  };
  const timer = drawn ? setInterval(draw, EVERY_MS) : undefined;
  timer?.unref();

  return {
    line,
    stage: (path, stage) => void active.set(path, stage),
    ended(outcome) {
      active.delete(outcome.path);
      count.ended += 1;
      count.pages += outcome.status === 'skipped' ? 0 : outcome.pages;
      if (outcome.status === 'skipped') count.skipped += 1;
      if (outcome.failures.length > 0) count.failed += 1;
      for (const text of linesOf(outcome, paint, quiet)) line(text);
    },
    close() {
      clearInterval(timer);
      clear();
      if (!quiet && (drawn || count.ended > 1)) stream.write(`${summary(count, began)}\n`);
    },
  };
}

function linesOf(outcome: Outcome, paint: Paint, quiet: boolean): string[] {
  const { path, status, pages, failures, outputs } = outcome;
  const written = outputs.length > 0 ? ` -> ${outputs.join(', ')}` : '';
  const said = {
    read: pagesText(pages),
    partial: `${pagesText(pages)}, the rest failed`,
    skipped: 'read before',
    failed: 'not read',
  };
  const colours = { read: 'green', partial: 'yellow', skipped: 'dim', failed: 'red' } as const;
  const head = `${path}: ${paint(colours[status], said[status])}${written}`;
  return [...(quiet ? [] : [head]), ...failures.map((failure) => `${quiet ? `${path}: ` : '  '}${failure}`)];
}

const pagesText = (pages: number): string => `${counted(pages, 'page')} read`;

function fileRow(path: string, stage: Stage, width: number): string {
  const name = basename(path);
  const short = name.length > NAME ? `${name.slice(0, NAME - 3)}...` : name.padEnd(NAME);
  return `${short} ${stageText(stage)}`.slice(0, width);
}

function stageText(stage: Stage): string {
  if (stage.kind === 'sending') return `${bar(0)} being sent`;
  if (stage.kind === 'fetching') return `${bar(1)} result is fetched`;
  const { done, total, status } = stage;
  const share = total === null || total === 0 ? 0 : done / total;
  const said =
    status === 'queued' ? 'waits' : status === 'understanding' ? 'being understood' : `page ${done} of ${total ?? '?'}`;
  return `${bar(share)} ${said}`;
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}]`;
}

type Count = { readonly ended: number; readonly failed: number; readonly skipped: number; readonly pages: number };

function totalRow({ ended, failed, pages }: Count, total: number | undefined, began: number, width: number): string {
  const share = total === undefined ? '' : `${bar(total === 0 ? 1 : ended / total)} `;
  const of = total === undefined ? '' : ` of ${total}`;
  const text = `${'all'.padEnd(NAME)} ${share}${ended}${of} files, ${pages} pages, ${failed} failed, ${elapsed(began)}`;
  return text.slice(0, width);
}

function summary({ ended, failed, skipped, pages }: Count, began: number): string {
  const before = skipped > 0 ? `, ${skipped} of them before` : '';
  const bad = failed > 0 ? `; ${failed} not, or not wholly` : '';
  return `${counted(ended - failed, 'file')} read${before}, ${counted(pages, 'page')} in ${elapsed(began)}${bad}.`;
}

function elapsed(began: number): string {
  const seconds = Math.round((Date.now() - began) / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
