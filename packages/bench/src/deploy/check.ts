import { type Figure, figure } from '../report.ts';

/** What a check gets to work with. */
export interface DeployContext {
  /** The repository's folder. */
  readonly root: string;
  /** A folder of its own, empty, which goes when the check has ended. */
  readonly folder: string;
  /** Whether this is the form that runs in `npm test`: no whole systems, seconds instead of minutes. */
  readonly short: boolean;
  /** A line about how far it is, to standard error. */
  readonly say: (line: string) => void;
}

/** What came of a check. Figures with a target decide; findings are printed and say what is wrong where. */
export interface CheckOutcome {
  readonly figures: readonly Figure[];
  /** One sentence each, with the file it is about. Whoever gives findings gives a figure that counts them: see `findingsFigure`. */
  readonly findings?: readonly string[];
  /** What could not be checked here, and why: "promtool is not installed (deploy/ci/tools deploy)". A miss under CI=true. */
  readonly notRun?: readonly string[];
}

/** One thing that `npm run check:deploy` looks at. Each is in a file of its own in this folder and is named in checks.ts. */
export interface DeployCheck {
  /** Of `--only NAME`, and what its figures begin with. */
  readonly name: string;
  /** Whether `--short` runs it too; it then keeps to a few seconds. */
  readonly short: boolean;
  /** Whether it takes so long that it runs only where `--only` or its own flag names it. */
  readonly onlyWhenNamed?: boolean;
  run(context: DeployContext): Promise<CheckOutcome>;
}

/** Of things that must be without findings: how many there are, of how many that were looked at. */
export function findingsFigure(name: string, findings: readonly string[], lookedAt: number): Figure {
  return figure(`${name}, of ${lookedAt}`, 'wrong', findings.length, [findings.length], { atMost: 0 });
}
