import type { Happened } from './faults/fault.ts';
import { type Engine, type Fleet, type QueueKind, startFleet } from './fleet.ts';
import type { Ledger } from './ledger.ts';
import type { Orphans } from './orphans.ts';
import type { Crash } from './service.ts';
import { troubleFleet } from './trouble.ts';
import type { Counted } from './verdict.ts';
import { openWitness, type Witness } from './witness.ts';

export interface ChaosOptions {
  readonly queue: QueueKind;
  readonly engine: Engine;
  readonly seed: number;
  readonly seconds: number;
  readonly kills: number;
  /** The longest that a fault may last, milliseconds. */
  readonly mostMs: number;
  /** A line of the log of what happens. */
  readonly onEvent: (words: string) => void;
  /** A line of a service's log. */
  readonly onLine?: (service: string, text: string) => void;
}

/** What became of the jobs of a fleet. */
export interface Course {
  readonly idempotent: boolean;
  readonly ledger: Ledger;
  readonly faults: readonly Happened[];
  readonly counted: Counted;
  readonly orphans: Orphans;
  /** Milliseconds from a fault's undoing until the units that it hit had ended, and until the service that it hit served again. */
  readonly recoveries: readonly number[];
  /** From the last fault to the last end, milliseconds. */
  readonly endMs: number;
}

export interface Outcome extends Course {
  readonly queue: QueueKind;
  readonly network: string;
  /** What could not be done on this machine. */
  readonly notRun: readonly string[];
  /** Services that had served and ended though nobody killed them. */
  readonly crashes: readonly Crash[];
}

/** Starts a fleet, has it work, lets things go wrong, waits until it has come to rest, and looks at what became of every job. */
export async function runChaos(options: ChaosOptions): Promise<Outcome> {
  const crashes: Crash[] = [];
  let witness: Witness | undefined;
  const fleet = await startFleet({
    ...options,
    onLine(line) {
      witness?.hear(line);
      options.onLine?.(line.service, line.text);
    },
    onCrash(crash) {
      if (crash.served) crashes.push(crash);
      const words = crash.served ? ` after it had served: ${crash.lastWords}` : '';
      options.onEvent(`${crash.service} ended by itself (${crash.code})${words}`);
    },
  });
  try {
    witness = openWitness(fleet.postgres);
    const course = await troubleFleet(fleet, witness, options);
    return { ...course, queue: fleet.queue, network: fleet.network.kind, notRun: reasonsOf(fleet), crashes };
  } finally {
    await witness?.close();
    await fleet.close();
  }
}

function reasonsOf({ whyNoNamespaces, disk }: Fleet): string[] {
  return [
    ...(whyNoNamespaces === null ? [] : [`network namespaces (proxies in their place): ${whyNoNamespaces}`]),
    ...(disk.why === null ? [] : [`disk full: ${disk.why}`]),
  ];
}
