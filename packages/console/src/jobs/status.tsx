import type { JobBody, JobStatus } from '@docusnap/contracts';
import { Badge } from '../blocks/notice.tsx';
import { figure } from '../words/figures.ts';
import { words } from './words.ts';

const TONES = {
  queued: 'plain',
  opening: 'busy',
  reading: 'busy',
  understanding: 'busy',
  completed: 'good',
  partial: 'warning',
  failed: 'failed',
  cancelled: 'plain',
  expired: 'warning',
} as const satisfies Record<JobStatus, string>;

export function StatusBadge({ status }: { readonly status: JobStatus }) {
  return <Badge tone={TONES[status]}>{words().statuses[status]}</Badge>;
}

/** "3 of 12", and how many failed. */
export function PageCount({ job }: { readonly job: JobBody }) {
  const w = words();
  const done = job.pages_done + job.pages_failed;
  const total = job.pages_total;
  return (
    <>
      {total === null ? `${figure(done)} / …` : total === done ? figure(total) : w.of(figure(done), figure(total))}
      {job.pages_failed > 0 && <span class="failed-count">{w.failedPages(job.pages_failed)}</span>}
    </>
  );
}
