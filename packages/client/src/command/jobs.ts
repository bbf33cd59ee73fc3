import type { DocuSnap } from '../docusnap.ts';
import type { Job } from '../generated/api.ts';
import { failuresOf } from '../read.ts';
import { type Call, choiceOf, countOf, printJson, textOf } from './call.ts';
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';
import { type Colour, counted, tableLines } from './screen.ts';

/** A record, so that a status which the API gets is missed here by the types. */
const STATUSES = Object.keys({
  queued: true,
  opening: true,
  reading: true,
  understanding: true,
  completed: true,
  partial: true,
  failed: true,
  cancelled: true,
  expired: true,
} satisfies Record<Job['status'], true>) as Job['status'][];
const MOST_LISTED = 10_000;
const LISTED = 20;
/** Of one answer. */
const MOST_AT_ONCE = 100;

/** `docusnap jobs ...` */
export async function jobs(call: Call): Promise<ExitCode> {
  const [act, ...ids] = call.args;
  if (act === 'list') return list(call);
  const acts = { show, cancel, retry, erase };
  if (act === undefined || !Object.hasOwn(acts, act)) {
    throw new UsageError(`Expected list, show, cancel, retry or erase${act === undefined ? '' : `, got "${act}"`}.`);
  }
  if (ids.length === 0) throw new UsageError(`Name the job: docusnap jobs ${act} ID`);
  const { docusnap } = call.connect();
  for (const id of ids) await acts[act as keyof typeof acts](call, docusnap, id);
  return EXIT.ok;
}

async function list(call: Call): Promise<ExitCode> {
  const limit = countOf(call, 'limit', LISTED, MOST_LISTED);
  const query = { status: choiceOf('status', textOf(call, 'status'), STATUSES), name: textOf(call, 'name') };
  const { docusnap } = call.connect();
  const found: Job[] = [];
  for await (const job of docusnap.jobs.list({ ...query, limit: Math.min(limit, MOST_AT_ONCE), signal: call.signal })) {
    found.push(job);
    if (found.length === limit) break;
  }
  if (call.given.json) printJson(call, found);
  else if (found.length === 0) call.output.write('There are no such jobs.\n');
  else {
    const rows = found.map((job) => [job.id, job.status, pagesOf(job), shortTime(job.created_at), job.name]);
    const lines = tableLines([['ID', 'STATUS', 'PAGES', 'CREATED', 'NAME'], ...rows]);
    call.output.write(`${lines.map((line, index) => (index === 0 ? call.paint('bold', line) : line)).join('\n')}\n`);
  }
  return EXIT.ok;
}

function pagesOf({ pages_done: done, pages_failed: failed, pages_total: total }: Job): string {
  return `${done}/${total ?? '?'}${failed > 0 ? ` (${failed} failed)` : ''}`;
}

const shortTime = (time: string | null): string => (time === null ? '-' : time.slice(0, 16).replace('T', ' '));

const COLOURS: Readonly<Partial<Record<Job['status'], Colour>>> = {
  completed: 'green',
  partial: 'yellow',
  failed: 'red',
  expired: 'red',
  cancelled: 'yellow',
};

async function show(call: Call, docusnap: DocuSnap, id: string): Promise<void> {
  const { signal, output, paint } = call;
  const job = await docusnap.jobs.get(id, { signal });
  const failed = [];
  for await (const page of docusnap.jobs.pageList(id, { status: 'failed', signal })) failed.push(page);
  if (call.given.json) return printJson(call, { ...job, failed_pages: failed });
  const colour = COLOURS[job.status];
  const rows = [
    ['id', job.id],
    ['status', colour ? paint(colour, job.status) : job.status],
    ['pages', pagesOf(job)],
    ['files', job.files.map(({ name }) => name).join(', ')],
    ['task', job.task ?? '-'],
    ['created', shortTime(job.created_at)],
    ['finished', shortTime(job.finished_at)],
    ['kept until', shortTime(job.expires_at)],
  ];
  const failures = failuresOf(job, failed).map(
    ({ page, file, error }) => `  ${file}${page === null ? '' : `, page ${page}`}: ${error.message} (${error.code})`,
  );
  const lines = [
    ...tableLines(rows),
    ...(job.error ? [`error  ${job.error.message} (${job.error.code})`] : []),
    ...failures,
  ];
  output.write(`${lines.join('\n')}\n`);
}

async function cancel(call: Call, docusnap: DocuSnap, id: string): Promise<void> {
  const job = await docusnap.jobs.cancel(id, { signal: call.signal });
  tell(call, job, `${id}: cancelled; what was read of it stays (${counted(job.pages_done, 'page')}).`);
}

async function retry(call: Call, docusnap: DocuSnap, id: string): Promise<void> {
  const job = await docusnap.jobs.retry(id, { signal: call.signal });
  tell(call, job, `${id}: what failed is read again.`);
}

async function erase(call: Call, docusnap: DocuSnap, id: string): Promise<void> {
  const receipt = await docusnap.jobs.erase(id, { signal: call.signal });
  tell(
    call,
    receipt,
    `${id}: erased, ${counted(receipt.removed.files, 'file')} and the text of ${counted(receipt.removed.texts, 'page')}.`,
  );
}

function tell(call: Call, value: object, sentence: string): void {
  if (call.given.json) printJson(call, value);
  else call.output.write(`${sentence}\n`);
}
