import {
  type Database,
  pollV1Task,
  resumeV1Job,
  settleV1Task,
  type UnsettledV1Task,
  type V1Answer,
  type V1TaskKey,
} from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { isPassing, type TaskCode, taskCodeOf } from './codes.ts';
import { eraseLater, removeLeftovers } from './erase.ts';
import type { V1Limits } from './limits.ts';

/** The task as it stands, settled if its job has ended or its time is up; null where there is none. */
export async function lookAtTask(ports: Ports, key: V1TaskKey, limits: V1Limits): Promise<V1Answer | null> {
  const task = await pollV1Task(ports.db, key, limits);
  if (task === null) return null;
  if ('goneJobId' in task) {
    void ports.running.track(removeLeftovers(ports, [task.goneJobId]));
    return null;
  }
  if (task.status !== 'processing' || task.jobId === null) return task;
  const end = endOf({ ...task, type: key.type }, limits);
  if (end === null) return task;
  const settled = await settle(ports.db, task.jobId, end);
  if (settled === null) return task;
  eraseLater(ports, task.jobId);
  return settled.task;
}

/** `again`: the language model was away, and is asked once more. */
export type End = 'again' | { readonly failedWith: TaskCode | null };

/** How a task ends now; null while it works and has time left. */
export function endOf(
  { type, outcome, ageSeconds }: Pick<UnsettledV1Task, 'type' | 'outcome' | 'ageSeconds'>,
  { timeoutSeconds }: Pick<V1Limits, 'timeoutSeconds'>,
): End | null {
  const isLate = ageSeconds > timeoutSeconds;
  if (outcome === 'completed') return { failedWith: null };
  if (outcome !== null && !isPassing(outcome)) return { failedWith: taskCodeOf(type, outcome) };
  if (isLate) return { failedWith: 'PROCESSING_TIMEOUT' };
  return outcome === null ? null : 'again';
}

/** Seconds until a language model that was away is asked again; the lane then tries for half a minute itself. */
const WAIT_SECONDS = 10;

/** Null where the task goes on; else how it ended, null in that where it is cleared by now. */
export async function settle(
  db: Database,
  jobId: string,
  end: End,
): Promise<{ readonly task: V1Answer | null } | null> {
  if (end !== 'again') return { task: await settleV1Task(db, jobId, end.failedWith) };
  await resumeV1Job(db, jobId, { waitSeconds: WAIT_SECONDS });
  return null;
}
