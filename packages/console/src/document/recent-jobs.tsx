import type { JobBody, JobListBody } from '@docusnap/contracts';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { call } from '../api/call.ts';
import { explain } from '../api/explain.ts';
import { Icon } from '../blocks/icon.tsx';
import { Notice } from '../blocks/notice.tsx';
import { hrefOf } from '../frame/place.ts';
import { moment } from '../words/figures.ts';
import { SmallPicture } from './small-picture.tsx';
import { StatusBadge } from './status.tsx';
import { words } from './words.ts';

const SHOWN = 8;

/** The newest jobs that have pages, each leading to where it is shown. */
export function RecentJobs({
  room,
  title,
  noneYet,
}: {
  readonly room: 'read' | 'understand';
  readonly title: string;
  readonly noneYet: string;
}) {
  const jobs = useSignal<readonly JobBody[] | null>(null);
  const failure = useSignal<unknown>(null);
  useEffect(() => {
    const over = new AbortController();
    call<JobListBody>(`/v1/jobs?limit=${SHOWN * 2}`, { signal: over.signal }).then(
      (list) => {
        jobs.value = list.jobs.filter((job) => job.files.length > 0).slice(0, SHOWN);
      },
      (error) => {
        failure.value = error;
      },
    );
    return () => over.abort();
  }, []);
  const said = failure.value && explain(failure.value);
  return (
    <section class="recent" aria-label={title}>
      <h2>{title}</h2>
      {said && <Notice kind="failed">{said}</Notice>}
      {jobs.value?.length === 0 && <p class="hint">{noneYet}</p>}
      <ul>
        {jobs.value?.map((job) => (
          <li key={job.id}>
            <a href={hrefOf([room, job.id])}>
              <span class="thumb">
                {job.pages_done > 0 ? <SmallPicture jobId={job.id} number={firstPage(job)} /> : <Icon name="read" />}
              </span>
              <span class="name">{job.name}</span>
              <span class="hint">
                {job.pages_total !== null && job.pages_total > 0 && `${words().pages(job.pages_total)} · `}
                {moment(job.created_at)}
              </span>
              <StatusBadge status={job.status} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Of chosen pages the first is not page 1. */
function firstPage(job: JobBody): number {
  return Number.parseInt(job.options.pages ?? '1', 10);
}
