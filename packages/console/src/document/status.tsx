import type { JobBody, JobStatus } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { explain, explainFailure, isCode } from '../api/explain.ts';
import { mayDo } from '../api/session.ts';
import { Button, LinkButton } from '../blocks/button.tsx';
import { Badge, Empty, Notice, Progress } from '../blocks/notice.tsx';
import { toast } from '../frame/toasts.tsx';
import { words as frameWords } from '../frame/words.ts';
import { PasswordAsked } from '../send/password-asked.tsx';
import { figure, seconds } from '../words/figures.ts';
import type { OpenDocument } from './open-document.ts';
import { RetryButton } from './retry-button.tsx';
import { words } from './words.ts';

const TONES: Readonly<Record<JobStatus, 'plain' | 'good' | 'busy' | 'warning' | 'failed'>> = {
  queued: 'plain',
  opening: 'busy',
  reading: 'busy',
  understanding: 'busy',
  completed: 'good',
  partial: 'warning',
  failed: 'failed',
  cancelled: 'warning',
  expired: 'warning',
};

export function StatusBadge({ status }: { readonly status: JobStatus }) {
  return <Badge tone={TONES[status]}>{words().statuses[status]}</Badge>;
}

/** What is mended by a password. */
const LOCKED: readonly string[] = ['password_needed', 'password_wrong'];

/** How far a document is, what went wrong with it, and what can be done about that. */
export function Standing({ document, job }: { readonly document: OpenDocument; readonly job: JobBody }) {
  const failure = document.failure.value;
  return (
    <>
      {!hasEnded(job.status) && <Running document={document} job={job} />}
      {hasEnded(job.status) && <Ended document={document} job={job} />}
      {failure !== null && failure !== undefined && (
        <Notice kind="warning" title={words().lost}>
          {explain(failure)}
        </Notice>
      )}
    </>
  );
}

function Running({ document, job }: { readonly document: OpenDocument; readonly job: JobBody }) {
  const w = words();
  const { position, eta_seconds: eta } = job.progress;
  const total = job.pages_total;
  const read = job.pages_done + job.pages_failed;
  const said = [
    total === null ? w.opening : w.progress(figure(read), figure(total)),
    read === 0 && position !== null && w.inQueue(position),
    eta !== null && eta > 0 && w.eta(seconds(eta)),
  ].filter(Boolean);
  return (
    <div class="running">
      <div class="how-far">
        <Progress label={w.statuses[job.status]} done={read} total={total} />
        <p class="hint">{said.join(' · ')}</p>
      </div>
      {mayDo('write') && (
        <Button small icon="stop" onPress={() => document.cancel().then(() => toast(w.cancelled))}>
          {w.cancel}
        </Button>
      )}
    </div>
  );
}

function Ended({ document, job }: { readonly document: OpenDocument; readonly job: JobBody }) {
  const w = words();
  const broken = job.files.filter((file) => file.error !== null);
  const stopped = job.status === 'cancelled' || job.status === 'expired';
  if (job.pages_failed === 0 && broken.length === 0 && (job.error === null || job.extraction?.error)) return null;
  const nothing = job.pages_done === 0;
  // The one page says why, and has the button.
  if (nothing && !stopped && job.pages_total === 1 && job.pages_failed === 1 && broken.length === 0) return null;
  return (
    <Notice
      kind={nothing && !stopped ? 'failed' : 'warning'}
      title={
        nothing && !stopped
          ? w.jobFailed
          : job.pages_failed > 0 && !stopped
            ? w.partlyFailed(job.pages_failed)
            : w.statuses[job.status]
      }
      actions={
        mayDo('write') &&
        (job.pages_failed > 0 || broken.length > 0) && <RetryButton document={document} stopped={stopped} />
      }
    >
      {job.error && broken.length === 0 && <p>{explainFailure(job.error)}</p>}
      {broken.map((file) => (
        <p key={file.index}>
          <strong>{w.failedFile(file.name)}.</strong> {file.error && explainFailure(file.error)}
        </p>
      ))}
      {broken.some((file) => file.error && LOCKED.includes(file.error.code)) && <PasswordAsked jobId={job.id} />}
    </Notice>
  );
}

/** What stands where nothing was heard of a document yet: that it is being asked for, that it is not there, or why nothing comes. */
export function Unheard({ document, back }: { readonly document: OpenDocument; readonly back: string }) {
  const failure = document.failure.value;
  if (failure === null || failure === undefined) return <p class="hint">{frameWords().loading}</p>;
  if (isCode(failure, 'job_not_found')) return <NotHere back={back} />;
  return (
    <Notice
      kind="failed"
      title={words().lost}
      actions={<Button onPress={document.follow}>{frameWords().tryAgain}</Button>}
    >
      {explain(failure)}
    </Notice>
  );
}

/** What stands where a document is gone, or never was. */
export function NotHere({ back }: { readonly back: string }) {
  const w = words();
  return (
    <Empty whole icon="search" title={w.notFound} actions={<LinkButton href={back}>{w.readAnother}</LinkButton>}>
      {w.notFoundHint}
    </Empty>
  );
}
