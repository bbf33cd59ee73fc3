import { sourceHash } from '@docusnap/blobs';
import { AppError, blobPrefixOf } from '@docusnap/contracts';
import {
  type NewFile,
  pollV1Task,
  runningV1Tasks,
  submitV1Task,
  V1_TENANT_ID,
  type V1Answer,
  type V1TaskKey,
} from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { ringBells } from '../ring.ts';
import type { Draft } from '../submit/draft.ts';
import { openIntake } from '../submit/intake.ts';
import type { TaskCode } from './codes.ts';
import { removeLeftovers } from './erase.ts';
import type { V1Limits } from './limits.ts';
import { lookAtTask } from './settle.ts';
import type { OpenedContent } from './unwrap/messages.ts';

/** Seconds after which one more task may find room. */
const AGAIN_SECONDS = 5;
/** Images are sealed in pieces, between which others have their turn. */
const PIECE_BYTES = 256 * 1024;

/** As the page cache would hold what was read under keys that others share, and viewers have nothing to see here, there is neither. */
const OPTIONS = { priority: 5, cache: false, renditions: false } as const;

export interface Submission {
  readonly key: V1TaskKey;
  readonly draft: Draft;
  readonly address: string;
  /** `traceparent` of the request. */
  readonly trace: string;
  readonly content: Exclude<OpenedContent, { readonly kind: 'refused' }>;
}

/**
 * Begins a task: its images sealed in the blob store, its rows and its job's committed together, their bells rung. Content that cannot be worked on
 * becomes a task that has failed, as the protocol has it. Gives the task that was begun, or that another request has begun in the meantime.
 */
export async function beginTask(ports: Ports, submission: Submission, limits: V1Limits): Promise<V1Answer> {
  const { key, draft, content, trace } = submission;
  if (content.kind === 'failed') return failTask(ports, key, content.code, limits);
  const source = sourceHash(ports.masterKeys, submission.address);
  await refuseIfFull(ports, { client: key.client, source }, limits);
  let files: readonly NewFile[];
  try {
    files = await takeImages(ports, draft, content.images);
  } catch (error) {
    await removeLeftovers(ports, [draft.id]);
    if (!isOfTheImages(error)) throw error;
    ports.log.info({ job: draft.id, code: error.code }, 'a v1 task failed before it began');
    return failTask(ports, key, 'OCR_FAILURE', limits);
  }
  const understanding = { task: key.type, request: content.request };
  const job = {
    id: draft.id,
    tenantId: V1_TENANT_ID,
    options: { ...OPTIONS, trace_parent: trace },
    metadata: null,
    key: draft.key,
    files,
    understanding,
  };
  const made = await commit(ports, { ...key, job, source, failedWith: null }, limits);
  if (!made) {
    await removeLeftovers(ports, [draft.id]);
    return (await lookAtTask(ports, key, limits)) ?? PROCESSING;
  }
  if (files.length === 0) ringBells(ports, 'understand', 1, { jobId: draft.id });
  else ringBells(ports, 'read', files.length, { jobId: draft.id });
  return PROCESSING;
}

const PROCESSING: V1Answer = { status: 'processing', result: null, errorDetail: null };

/** The first answer is that it is being worked on; polls then tell how it ended. */
async function failTask(ports: Ports, key: V1TaskKey, code: TaskCode, limits: V1Limits): Promise<V1Answer> {
  const made = await submitV1Task(ports.db, { ...key, job: null, failedWith: code });
  return made ? PROCESSING : ((await lookAtTask(ports, key, limits)) ?? PROCESSING);
}

async function refuseIfFull(
  { db, pressure }: Ports,
  whose: { readonly client: Uint8Array; readonly source: Uint8Array },
  limits: V1Limits,
): Promise<void> {
  const running = await runningV1Tasks(db, whose);
  const full =
    running.total >= limits.tasks ||
    running.client >= limits.tasksOfClient ||
    (limits.byAddress && running.source >= limits.tasksOfAddress);
  if (full) throw new AppError('readers_busy', undefined, { retryAfter: AGAIN_SECONDS });
  await pressure.refuseIfLow();
}

async function takeImages(ports: Ports, draft: Draft, images: readonly Uint8Array[]): Promise<readonly NewFile[]> {
  const intake = openIntake(ports.blobs, draft, ports.limits);
  for (const image of images) {
    intake.announce();
    await intake.take(undefined, inPieces(image));
  }
  // Whoever had a picture could tell by its hash that this client has it too.
  return intake.files.map((file) => ({ ...file, sha256: '' }));
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** That they are too many, too large or no images, which no retry would change. */
function isOfTheImages(error: unknown): error is AppError {
  return error instanceof AppError && error.status < 500;
}

/**
 * Writes the rows. Where the database went away meanwhile it may have happened all the same, with only its answer lost. The images then stay for the
 * job that may be there, to be found by the client that asks again; unless there turns out to be none.
 */
async function commit(ports: Ports, task: Parameters<typeof submitV1Task>[1], limits: V1Limits): Promise<boolean> {
  try {
    return await submitV1Task(ports.db, task);
  } catch (error) {
    const { job } = task;
    if (job) void ports.running.track(removeUnlessThere(ports, task, job.id, limits));
    throw error;
  }
}

async function removeUnlessThere(ports: Ports, key: V1TaskKey, jobId: string, limits: V1Limits): Promise<void> {
  try {
    const task = await pollV1Task(ports.db, key, limits);
    if (task && 'jobId' in task && task.jobId === jobId) return;
    await ports.blobs.removePrefix(blobPrefixOf(jobId));
  } catch (err) {
    ports.log.warn({ err, job: jobId }, 'it is not known whether a v1 task was stored; its blobs stay');
  }
}
