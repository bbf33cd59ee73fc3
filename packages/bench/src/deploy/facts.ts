import { type Figure, figure } from '../report.ts';

/** Things that have to hold, as they are found out; each that does not is a finding. */
export interface Facts {
  /** Notes whether something holds; `seen` says what was there instead. */
  note(what: string, holds: boolean, seen?: unknown): void;
  readonly findings: readonly string[];
  /** How many held, of all: all have to. */
  figure(name: string): Figure;
}

export function openFacts(): Facts {
  const findings: string[] = [];
  let held = 0;
  return {
    note(what, holds, seen) {
      if (holds) held += 1;
      else findings.push(seen === undefined ? what : `${what}; seen: ${JSON.stringify(seen).slice(0, 400)}`);
    },
    findings,
    figure(name) {
      const all = held + findings.length;
      return figure(`${name}, of ${all}`, 'hold', held, [held], { atLeast: all });
    },
  };
}
