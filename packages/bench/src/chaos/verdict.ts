import { type Api, jobExists, listJobs, pollJob } from './api.ts';
import { BASELINE_TOKEN, type Baseline } from './baseline.ts';
import { explainAttempt } from './explain.ts';
import type { Happened } from './faults/fault.ts';
import type { Entry, Ledger } from './ledger.ts';
import { lookAt } from './look.ts';
import type { Witness } from './witness.ts';

export interface Judged {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly baseline: Baseline;
  readonly witness: Witness;
  readonly faults: readonly Happened[];
  readonly idempotent: boolean;
}

/** What is counted besides what is wrong. */
export interface Counted {
  readonly pages: number;
  readonly poisonous: number;
  readonly erased: number;
  /** Attempts that did not end their page, all of which a fault has to explain. */
  readonly begunAgain: number;
  /** Jobs there are that nobody was told of, without keys at most one for each unclear submit. */
  readonly untold: number;
  readonly jobs: ReadonlySet<string>;
}

/** Looks at everything once more, from outside, when all has come to rest. */
export async function judge(judged: Judged): Promise<Counted> {
  const { api, ledger } = judged;
  const entries = [...ledger.entries.values()];
  for (const entry of entries) {
    if (entry.state === 'erased') await checkErased(api, ledger, entry);
    if (entry.state === 'ended') await lookAgain(judged, entry);
  }
  const begunAgain = entries.reduce((sum, entry) => sum + countAgain(judged, entry), 0);
  const { untold, jobs } = await countUntold(judged);
  const ended = entries.filter(({ state }) => state === 'ended');
  return {
    pages: ended.reduce((sum, { pages }) => sum + pages.length, 0),
    poisonous: ended.reduce((sum, { poisonous }) => sum + poisonous, 0),
    erased: entries.filter(({ state }) => state === 'erased').length,
    begunAgain,
    untold,
    jobs,
  };
}

async function checkErased(api: Api, ledger: Ledger, { id }: Entry): Promise<void> {
  if (await jobExists(api, id)) ledger.wrong('revived', `the erased job ${id} is there`);
}

/** What was stored stays as it was: no late holder writes over it. */
async function lookAgain(judged: Judged, entry: Entry): Promise<void> {
  const { api, ledger } = judged;
  const job = await pollJob(api, entry.id);
  if (!job) {
    ledger.wrong('lost', `the job ${entry.id} is not there any more`);
    return;
  }
  const before = JSON.stringify(entry.pages);
  // Its other faults were told when it ended.
  const silent = { ...judged, ledger: { ...ledger, wrong: () => undefined } };
  const pages = await lookAt(silent, entry, job);
  if (JSON.stringify(pages) !== before)
    ledger.wrong('changed', `the pages of ${entry.id} are not what they were at its end`);
}

/** How often a page of the job was begun again; each time has to have its fault, and a poisonous page two deaths. */
function countAgain({ ledger, witness, faults }: Judged, { id, pages }: Entry): number {
  let again = 0;
  for (const { attempts, frame, fileIndex, code } of pages) {
    const isPoisonous = code === 'page_poisonous';
    let deaths = 0;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (attempt === attempts && !isPoisonous) break;
      if (attempt < attempts) again += 1;
      const seen = witness.seen({ job: id, file: fileIndex, frame, attempt });
      const why = explainAttempt(seen, faults);
      if (why === 'reader killed') deaths += 1;
      if (why === null)
        ledger.wrong(
          'twice',
          `page ${frame} of file ${fileIndex} of ${id}, attempt ${attempt} of ${attempts}: ${JSON.stringify(seen)}`,
        );
    }
    if (isPoisonous && deaths < 2)
      ledger.wrong(
        'lost',
        `page ${frame} of file ${fileIndex} of ${id} is set aside after ${deaths} deaths of its reader`,
      );
  }
  return again;
}

async function countUntold({
  api,
  ledger,
  idempotent,
}: Judged): Promise<{ untold: number; jobs: ReadonlySet<string> }> {
  const jobs = await listJobs(api);
  const tokens = new Map<string, number>();
  let untold = 0;
  for (const { id, metadata } of jobs) {
    const token = String(metadata?.token);
    // Was refused at first, and made all the same.
    if (token === BASELINE_TOKEN) continue;
    tokens.set(token, (tokens.get(token) ?? 0) + 1);
    if (ledger.entries.has(id)) continue;
    untold += 1;
    if (!ledger.unclear.has(token)) ledger.wrong('duplicated', `nobody was told of the job ${id}`);
  }
  for (const [token, count] of tokens) {
    if (count > 1)
      ledger.wrong('duplicated', `the submit ${token} made ${count} jobs${idempotent ? ' under one key' : ''}`);
  }
  for (const { id, state } of ledger.entries.values()) {
    const isListed = jobs.some((job) => job.id === id);
    if (state === 'ended' && !isListed) ledger.wrong('lost', `the job ${id} is not in the list`);
    if (state === 'erased' && isListed) ledger.wrong('revived', `the erased job ${id} is in the list`);
  }
  return { untold, jobs: new Set(jobs.map(({ id }) => id)) };
}
