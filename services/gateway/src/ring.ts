import type { Lane } from '@docusnap/contracts';
import type { Ports } from './ports.ts';

/**
 * Rings for units that now wait, behind the caller's back: they wait whether their bells ring or not, and the sweep rings what was not rung.
 *
 * @param bell.jobId whose units they are, for the log; null where they are several jobs'
 */
export function ringBells(ports: Ports, lane: Lane, count: number, bell: { readonly jobId: string | null }): void {
  const rung = ports.queue.ring(lane, count, bell).catch((err: unknown) => {
    ports.log.warn(
      { err, job: bell.jobId, count },
      'the bells of waiting units did not ring; the sweep will ring them',
    );
  });
  void ports.running.track(rung);
}
