import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { claimUnit, releaseUnit, saveOpenedFile, savePage, sweep } from '@docusnap/db';
import { type Client, openClient, submit } from '../client.ts';
import type { World } from './world.ts';

/** Something that is done with an installation over and over. */
export interface Call {
  readonly name: string;
  /** What is there to be done with: others are left out. */
  readonly of: 'all' | 'waiting' | 'finished';
  /** Gives what undoes it, where the next one has to find what this one found; that is not measured. */
  run(place: Place): Promise<(() => Promise<unknown>) | undefined>;
}

/** What the calls of one world are made with. */
export interface Place {
  readonly world: World;
  readonly client: Client;
  readonly picture: Buffer;
  /** Jobs spread over the whole depth, another one for each call. */
  readonly ended: Turning;
  readonly running: Turning;
  readonly batches: Turning;
  /** Somewhere in the middle of the list. */
  readonly cursor: string;
  readonly middle: { readonly from: string; readonly to: string };
  readonly rareName: string;
}

export interface Turning {
  next(): string;
}

function turning(values: readonly string[]): Turning {
  let at = 0;
  return {
    next() {
      at += 1;
      return values[at % values.length]!;
    },
  };
}

/** Each is asked for so many different jobs in turn. */
const SPREAD = 50;

export async function openPlace(world: World, picture: Buffer): Promise<Place> {
  const client = openClient(world.url, world.key);
  const ids = async (condition: string): Promise<Turning> => {
    const rows = await world.sql<{ id: string }>(
      `SELECT id FROM jobs WHERE tenant_id = $1 AND ${condition} ORDER BY sha256(id::text::bytea) LIMIT ${SPREAD}`,
      [world.tenantId],
    );
    return turning(rows.map(({ id }) => id));
  };
  const [middle] = await world.sql<{ id: string; name: string; created_at: Date }>(
    `SELECT id, name, created_at FROM jobs WHERE tenant_id = $1 ORDER BY created_at DESC
     OFFSET (SELECT count(*) / 2 FROM jobs WHERE tenant_id = $1) LIMIT 1`,
    [world.tenantId],
  );
  const batches = await world.sql<{ id: string }>(
    `SELECT id FROM batches ORDER BY sha256(id::text::bytea) LIMIT ${SPREAD}`,
  );
  const { created_at: at, id, name } = middle!;
  return {
    world,
    client,
    picture,
    ended: await ids('finished_at IS NOT NULL'),
    running: await ids("status = 'queued'"),
    batches: turning(batches.map((one) => one.id)),
    cursor: Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url'),
    middle: { from: new Date(at.getTime() - DAY_MS).toISOString(), to: at.toISOString() },
    rareName: name,
  };
}

const DAY_MS = 86_400_000;

/** One GET, over the client's one connection; what is measured ends with the last byte. */
async function get({ client }: Place, path: string): Promise<undefined> {
  const { status, text } = await getText(client, path);
  if (status !== 200) throw new Error(`GET ${path}: expected 200, got ${status}: ${text.slice(0, 300)}`);
  return undefined;
}

function getText(client: Client, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(path, client.url),
      { agent: client.agent, headers: { authorization: `Bearer ${client.key}` } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

const getting = (name: string, of: Call['of'], path: (place: Place) => string): Call => ({
  name,
  of,
  run: (place) => get(place, path(place)),
});

const HOLDER = 'bench:depth';

/** A claim, and the same unit handed back. */
const CLAIM: Call = {
  name: 'claim',
  of: 'waiting',
  async run({ world: { worker } }) {
    const unit = await claimUnit(worker, { holder: HOLDER });
    if (unit === null) throw new Error('Nothing waited to be claimed.');
    return () => releaseUnit(worker, unit);
  },
};

/** What a reader does with a job of one page: claim, open, claim the page, save it. Its jobs are gone from the queue, which has as many more. */
const READ: Call = {
  name: 'claim, open and save a job of one page',
  of: 'waiting',
  async run({ world: { worker } }) {
    const file = await claimUnit(worker, { holder: HOLDER });
    if (file === null) throw new Error('Nothing waited to be claimed.');
    const stages = { decode: 20, read: 300 };
    const sealed = Buffer.alloc(1_000, 1);
    if (file.kind === 'read') {
      await savePage(worker, file, { sealed, stages });
      return undefined;
    }
    const { next } = await saveOpenedFile(worker, file, { frames: 1 }, { thenClaimFor: HOLDER });
    if (next?.jobId !== file.jobId) throw new Error('The page of the opened file was not next.');
    await savePage(worker, next, { sealed, stages, cacheKey: createHash('sha256').update(next.jobId).digest() });
    return undefined;
  },
};

export const CALLS: readonly Call[] = [
  {
    name: 'POST /v1/jobs',
    of: 'all',
    async run({ client, picture }) {
      await submit(client, 'invoice.png', picture);
      return undefined;
    },
  },
  getting('GET /v1/jobs/{id}, ended', 'finished', ({ ended }) => `/v1/jobs/${ended.next()}`),
  getting('GET /v1/jobs/{id}, waiting', 'waiting', ({ running }) => `/v1/jobs/${running.next()}`),
  getting('GET /v1/jobs/{id}/pages', 'finished', ({ ended }) => `/v1/jobs/${ended.next()}/pages`),
  getting('GET /v1/jobs', 'all', () => '/v1/jobs'),
  getting('GET /v1/jobs?cursor=', 'all', ({ cursor }) => `/v1/jobs?cursor=${cursor}`),
  getting('GET /v1/jobs?status=failed', 'all', () => '/v1/jobs?status=failed&limit=5'),
  getting('GET /v1/jobs?status=&cursor=', 'all', ({ cursor }) => `/v1/jobs?status=failed&limit=5&cursor=${cursor}`),
  getting('GET /v1/jobs?status=queued', 'waiting', () => '/v1/jobs?status=queued'),
  getting('GET /v1/jobs?name= of one', 'all', ({ rareName }) => `/v1/jobs?name=${encodeURIComponent(rareName)}`),
  getting('GET /v1/jobs?name= of many', 'all', () => '/v1/jobs?name=invoice'),
  getting('GET /v1/jobs?name= of none', 'all', () => '/v1/jobs?name=balance+sheet'),
  getting('GET /v1/jobs?name= of none, two letters', 'all', () => '/v1/jobs?name=zq'),
  getting('GET /v1/jobs?name=&status=', 'all', () => '/v1/jobs?name=invoice&status=completed&limit=5'),
  getting('GET /v1/jobs?batch=', 'all', ({ batches }) => `/v1/jobs?batch=${batches.next()}`),
  getting(
    'GET /v1/jobs?created_after=&created_before=',
    'all',
    ({ middle }) => `/v1/jobs?created_after=${middle.from}&created_before=${middle.to}`,
  ),
  getting('GET /v1/batches', 'all', () => '/v1/batches?limit=4'),
  getting('GET /v1/batches/{id}', 'all', ({ batches }) => `/v1/batches/${batches.next()}`),
  getting('GET /v1/usage', 'all', () => '/v1/usage'),
  getting('GET /v1/audit', 'all', () => '/v1/audit?limit=20'),
  getting('GET /v1/keys', 'all', () => '/v1/keys'),
  getting('GET /v1/system', 'all', () => '/v1/system'),
  {
    name: 'GET /metrics',
    of: 'all',
    async run({ world }) {
      const answer = await fetch(world.metricsUrl);
      if (!answer.ok || !(await answer.text()).includes('docusnap_units'))
        throw new Error('The gateway told no metrics.');
      return undefined;
    },
  },
  CLAIM,
  READ,
  {
    name: 'a sweep',
    of: 'all',
    async run({ world }) {
      // As with a queue that has a bell for each unit, which is how it is without a loss.
      await sweep(world.worker, { countBells: async () => world.jobs });
      return undefined;
    },
  },
];
