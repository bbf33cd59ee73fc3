import type { System } from '../../generated/api.ts';

/** What is found of one part, and what to do where it is not well. */
export interface Finding {
  readonly part: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly says: string;
  readonly todo?: string | undefined;
}

/** A backlog of this many seconds is worth a look. */
const LONG_BACKLOG_SECONDS = 600;
/** A disk is worth a look while it has less free than so many times what is to be left free. */
const DISK_MARGIN = 5;
/** More than this share of a day's pages failed; of fewer pages nothing can be told. */
const MANY_FAILED = 0.1;
const FEWEST_PAGES = 20;
/** A check that took longer is worth a look, in milliseconds. */
const SLOW_MS = 500;

/** What `GET /v1/system` says, part by part. */
export function findings(system: System, clientVersion: string): readonly Finding[] {
  return [
    versions(system, clientVersion),
    database(system),
    queue(system),
    storage(system),
    readers(system),
    ...models(system),
    backlog(system),
    llm(system),
    today(system),
  ];
}

function versions({ versions: { docusnap, node }, workers }: System, clientVersion: string): Finding {
  const others = [...new Set(workers.map(({ version }) => version))].filter(
    (version) => version !== null && version !== docusnap,
  );
  const says = `DocuSnap ${docusnap} on Node.js ${node.replace(/^v/, '')}; this command is ${clientVersion}.`;
  if (others.length === 0) return { part: 'versions', status: 'ok', says };
  const todo = `Readers run ${others.join(', ')}: finish the rollout, or restart them.`;
  return { part: 'versions', status: 'warn', says, todo };
}

type Check = System['checks']['database'];
const slow = ({ milliseconds }: Check): boolean => milliseconds > SLOW_MS;
const took = ({ milliseconds }: Check): string => `answered in ${Math.round(milliseconds)} ms`;

function database({ checks, versions: { postgresql, schema }, database: { bytes } }: System): Finding {
  const says = `PostgreSQL ${postgresql}, schema ${schema}, ${size(bytes)}; ${took(checks.database)}.`;
  if (checks.database.status === 'failed')
    return {
      part: 'database',
      status: 'fail',
      says,
      todo: 'Is PostgreSQL running? The log of the gateway names the reason.',
    };
  if (slow(checks.database))
    return {
      part: 'database',
      status: 'warn',
      says,
      todo: 'It is slow: look at its load, its disk and the network between.',
    };
  return { part: 'database', status: 'ok', says };
}

function queue({ checks, queue: { kind } }: System): Finding {
  const name = kind === 'redis' ? 'Redis' : 'PostgreSQL';
  const says = `on ${name}; ${took(checks.queue)}.`;
  if (checks.queue.status === 'failed')
    return {
      part: 'queue',
      status: 'fail',
      says: `on ${name}, which does not answer.`,
      todo: `Jobs are taken and read all the same, but later. Is ${name} running, and ${kind === 'redis' ? 'REDIS_URL' : 'DATABASE_URL'} its address?`,
    };
  if (slow(checks.queue))
    return { part: 'queue', status: 'warn', says, todo: 'It is slow: look at its load and the network between.' };
  return { part: 'queue', status: 'ok', says };
}

function storage({ checks, storage: { kind, free_bytes: free, least_free_bytes: least } }: System): Finding {
  const says =
    kind === 's3'
      ? `files in S3; ${took(checks.storage)}.`
      : `files on a disk${free === null ? '' : ` with ${size(free)} free`}; ${took(checks.storage)}.`;
  const part = kind === 's3' ? 'storage' : 'disk';
  if (checks.storage.status === 'failed')
    return {
      part,
      status: 'fail',
      says,
      todo: 'Files can be neither written nor read. The log of the gateway names the reason.',
    };
  if (free !== null && free < least)
    return {
      part,
      status: 'fail',
      says,
      todo: `Less than ${size(least)} are free, so submits are refused. Make room, or keep jobs for fewer days (RETENTION_DAYS).`,
    };
  if (free !== null && free < least * DISK_MARGIN)
    return {
      part,
      status: 'warn',
      says,
      todo: `Below ${size(least)} submits are refused. Make room in time, or keep jobs for fewer days (RETENTION_DAYS).`,
    };
  return { part, status: 'ok', says };
}

function readers({ workers, readers: count, pages_per_second: rate }: System): Finding {
  if (workers.length === 0) {
    const todo =
      'Files are taken but not read. Start an ocr service; one that runs and is not seen cannot reach the database.';
    return { part: 'readers', status: 'fail', says: 'No ocr service is there.', todo };
  }
  const services = workers.length === 1 ? 'one ocr service' : `${workers.length} ocr services`;
  const speed = rate === null ? 'nothing read yet' : `${rate} pages a second`;
  if (count === 0)
    return {
      part: 'readers',
      status: 'fail',
      says: `${services}, but no reader is ready.`,
      todo: 'The log of the ocr service names the reason.',
    };
  return { part: 'readers', status: 'ok', says: `${count} in ${services}; ${speed}.` };
}

function models({ workers }: System): Finding[] {
  if (workers.length === 0) return [];
  const sets = new Set(workers.map(({ models: names }) => [...names].sort((a, b) => (a < b ? -1 : 1)).join(', ')));
  const providers = [...new Set(workers.map(({ provider }) => provider ?? 'unknown'))].join(', ');
  const runOn: Finding = { part: 'runs on', status: 'ok', says: `${providers}.` };
  const says = [...sets].map((set) => set || 'none known').join(' | ');
  if (sets.size > 1)
    return [
      {
        part: 'models',
        status: 'warn',
        says: `${says}.`,
        todo: 'Ocr services have different models loaded: set OCR_MODELS alike.',
      },
      runOn,
    ];
  return [{ part: 'models', status: 'ok', says: `${says}.` }, runOn];
}

function backlog({ lanes, backlog_seconds: seconds }: System): Finding {
  const { waiting, in_hand: inHand, oldest_waiting_seconds: oldest } = lanes.read;
  const time = seconds === null ? '' : `, ${Math.round(seconds)} s of work`;
  const says = `${waiting} waiting, ${inHand} in hand${time}; ${lanes.understand.waiting} to understand.`;
  const long = (seconds ?? 0) > LONG_BACKLOG_SECONDS || oldest > LONG_BACKLOG_SECONDS;
  if (long)
    return {
      part: 'backlog',
      status: 'warn',
      says,
      todo: 'More comes than is read: add ocr services, or readers where cores are idle.',
    };
  return { part: 'backlog', status: 'ok', says };
}

function llm({ llm: model }: System): Finding {
  if (model === null) return { part: 'LLM', status: 'ok', says: 'none; rules understand documents.' };
  const says = `${model.model} at ${model.host}`;
  if (model.status === 'failed')
    return {
      part: 'LLM',
      status: 'fail',
      says: `${says} does not answer.`,
      todo: 'Text is read all the same; what asks for more fails. Look at LLM_BASE_URL, LLM_API_KEY, and that server.',
    };
  return { part: 'LLM', status: 'ok', says: `${says}; ${took(model)}.` };
}

function today({ today: { jobs, jobs_failed: jobsFailed, pages, pages_failed: failed } }: System): Finding {
  const says = `${jobs} jobs (${jobsFailed} failed), ${pages} pages (${failed} failed).`;
  const all = pages + failed;
  if (all >= FEWEST_PAGES && failed > all * MANY_FAILED)
    return {
      part: 'today',
      status: 'warn',
      says,
      todo: 'Many pages failed: docusnap jobs list --status failed, then docusnap jobs show ID.',
    };
  return { part: 'today', status: 'ok', says };
}

function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
