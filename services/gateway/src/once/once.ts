import { randomUUID } from 'node:crypto';
import { newDataKey, sealBytes } from '@docusnap/blobs';
import { AppError, IDEMPOTENCY, LEASE, LIMITS } from '@docusnap/contracts';
import {
  abandonOnce,
  type Begun,
  beginOnce,
  type DoneRequest,
  finishOnce,
  type HeldRequest,
  type Made,
  renewOnce,
  type SealedAnswer,
} from '@docusnap/db';
import type { Request, Response } from 'express';
import { readJson } from '../json-body.ts';
import type { Ports } from '../ports.ts';
import type { Call } from '../route.ts';
import { digestOf, type SeenFile } from './digest.ts';
import { answerContext, showAgain } from './show-again.ts';

/**
 * How a POST deals with an Idempotency-Key. Unless told, its JSON answer is kept sealed, or where it names a job or a batch, that is shown as it is by
 * then. `secret`: its answer is shown once only, and is not kept. `itself`: its handler knows the request again, once it has read it.
 */
export type OnceManner = 'answer' | 'secret' | 'itself';

/** For handlers that store themselves, with what they make, that their request is done; without that it is stored after them. */
export interface Once {
  /** It was carried out before: nothing is to be stored for it. */
  readonly isDone: boolean;
  /**
   * Says what the request is, now that it was read. Gives what it made if it was carried out before; null when it is to be carried out now, and then
   * `done` has to be stored with what it makes. Throws `idempotency_key_reused` for another request than the first. Called before the handler, unless that
   * knows its request again `itself`.
   */
  meet(said: Said): Promise<Made | null>;
  /** To be stored in the same transaction as what is made. */
  done(answer: { readonly status: number; readonly location: string | null; readonly made: Made }): DoneRequest;
  /** Gives the key up, unless the request is done; afterwards it will not be. */
  abandon(): Promise<void>;
}

export interface Said {
  readonly fields: unknown;
  readonly files: readonly SeenFile[];
  readonly password?: string | undefined;
}

const SECRET: Made = { secret: true };

/** To be stored with what the request makes, whose answer is shown once only. */
export function doneInSecret(once: Once | undefined): DoneRequest | undefined {
  return once?.done({ status: 201, location: null, made: SECRET });
}

/** To be stored with what the request does to a job, which is what its answer shows. */
export function doneToJob(
  once: Once | undefined,
  { id, status }: { readonly id: string; readonly status: number },
): DoneRequest | undefined {
  return once?.done({ status, location: `/v1/jobs/${id}`, made: { jobs: [id], split: false } });
}

const KEY = new RegExp(`^[\\x20-\\x7e]{1,${IDEMPOTENCY.keyCharacters}}$`);

/**
 * Carries a request out, once however often it is sent with the same Idempotency-Key in 24 hours: later ones are shown what came of the first. A request
 * that was refused or failed does not use its key up. Where the process dies in the middle, what is stored as done with what it made is done once all the same;
 * anything else is carried out anew, since what it did could not be told: a ping or a repeated delivery may then go out twice, a link that signs in be made twice.
 */
export async function carryOutOnce<Query>(
  ports: Ports,
  route: { readonly body?: unknown; readonly once?: OnceManner | undefined },
  call: Call<Query>,
  handler: (ports: Ports, call: Call<Query>) => Promise<void>,
): Promise<void> {
  const key = keyOf(call.request);
  if (key === undefined) return handler(ports, call);
  const held: HeldRequest = { tenantId: call.caller.tenantId, key, token: randomUUID() };
  const begun = await beginOnce(ports.db, held);
  // The first may end at any moment; how long its lease lasts only matters where its process died.
  if (begun.state === 'running') throw new AppError('idempotency_key_in_use', undefined, { retryAfter: 1 });
  const manner = route.once ?? 'answer';
  const renewing = keepHeld(ports, held, begun);
  const once = openOnce(ports, call, held, begun);
  try {
    if (manner === 'itself') await handler(ports, { ...call, once });
    else await carryOut(ports, { ...call, once }, { handler, manner, hasBody: route.body !== undefined });
  } catch (error) {
    // Those that know themselves give up themselves where it is not known what became of it.
    await once.abandon().catch((err: unknown) => {
      ports.log.warn({ err }, 'an Idempotency-Key could not be given up; it will be when its lease ends');
    });
    throw error;
  } finally {
    clearInterval(renewing);
  }
}

function keyOf(request: Request): string | undefined {
  const key = request.get('idempotency-key');
  if (key === undefined) return undefined;
  if (!KEY.test(key)) {
    throw new AppError('bad_request', `Idempotency-Key: 1 to ${IDEMPOTENCY.keyCharacters} printable ASCII characters.`);
  }
  return key;
}

function keepHeld(ports: Ports, held: HeldRequest, { state }: Begun): NodeJS.Timeout | undefined {
  if (state !== 'begun') return undefined;
  const renew = (): void => {
    renewOnce(ports.db, held).catch((err: unknown) => {
      ports.log.warn({ err }, 'the hold on an Idempotency-Key could not be renewed; trying again');
    });
  };
  return setInterval(renew, LEASE.renewSeconds * 1_000);
}

type StoredOnce = Once & {
  /** Whether a handler took it upon itself to store that it is done. */
  isStored(): boolean;
  /** Stores what was answered. */
  finish(answer: Omit<DoneRequest, keyof HeldRequest | 'digest'>, sealed: SealedAnswer | null): Promise<void>;
  readonly begun: Begun;
};

function openOnce(
  ports: Ports,
  { request }: Pick<Call<unknown>, 'request'>,
  held: HeldRequest,
  begun: Begun,
): StoredOnce {
  let digest: Buffer | undefined;
  let isStored = false;
  const known = (): Buffer => {
    if (!digest) throw new AppError('internal', undefined, { cause: new Error('the request was not met') });
    return digest;
  };
  return {
    begun,
    isDone: begun.state === 'done',
    meet: async (said) => {
      const target = request.originalUrl;
      digest = await digestOf({ method: request.method, target, ...said }, `${held.tenantId} ${held.key}`);
      if (begun.state !== 'done') return null;
      if (!digest.equals(begun.digest)) throw new AppError('idempotency_key_reused');
      return begun.made;
    },
    done: (answer) => {
      isStored = true;
      return { ...held, ...answer, digest: known() };
    },
    isStored: () => isStored,
    finish: (answer, sealed) => finishOnce(ports.db, { ...held, ...answer, digest: known() }, sealed),
    abandon: () => (begun.state === 'begun' ? abandonOnce(ports.db, held) : Promise.resolve()),
  };
}

async function carryOut<Query>(
  ports: Ports,
  call: Call<Query> & { readonly once: StoredOnce },
  {
    handler,
    manner,
    hasBody,
  }: {
    readonly handler: (ports: Ports, call: Call<Query>) => Promise<void>;
    readonly manner: OnceManner;
    readonly hasBody: boolean;
  },
): Promise<void> {
  const { request, response, once } = call;
  // The handler reads it again, and is given what was read here.
  const isJson = hasBody && request.is('application/json');
  await once.meet({ fields: isJson ? await readJson(request, response, LIMITS.askBytes) : null, files: [] });
  if (once.begun.state === 'done') return showAgain(ports, call, once.begun);
  const answer = holdAnswer(response);
  try {
    await handler(ports, call);
    if (!once.isStored()) await finish(ports, call, { manner, body: answer.body() });
  } finally {
    // What is thrown is answered, too.
    answer.letGo();
  }
  answer.send();
}

async function finish<Query>(
  ports: Ports,
  { response, caller, once }: Call<Query> & { readonly once: StoredOnce },
  { manner, body }: { readonly manner: OnceManner; readonly body: unknown },
): Promise<void> {
  const location = response.get('location') ?? null;
  const made = madeBy(location) ?? (manner === 'secret' ? SECRET : null);
  const sealed = made === null && body !== undefined ? sealAnswer(ports, caller.tenantId, body) : null;
  await once.finish({ status: response.statusCode, location, made }, sealed);
}

/** What was answered is about a job or a batch, which may be erased before the key is forgotten: it is shown as it is then, if at all. */
function madeBy(location: string | null): Made | null {
  const [, kind, id] = /^\/v1\/(jobs|batches)\/([0-9a-f-]{36})$/.exec(location ?? '') ?? [];
  if (id === undefined) return null;
  return kind === 'jobs' ? { jobs: [id], split: false } : { batch: id, jobs: [] };
}

function sealAnswer({ masterKeys }: Ports, tenantId: string, body: unknown): SealedAnswer {
  const { dataKey, wrapped } = newDataKey(masterKeys, answerContext(tenantId));
  const sealed = sealBytes(dataKey, answerContext(tenantId), Buffer.from(JSON.stringify(body)));
  return { sealed, key: wrapped };
}

/** Keeps a handler's JSON back until it is stored: a client that has its answer can send the request again and be known. */
function holdAnswer(response: Response) {
  const json = response.json;
  const end = response.end;
  let body: unknown;
  let ended = false;
  const letGo = (): void => {
    response.json = json;
    response.end = end;
  };
  response.json = (sent: unknown) => {
    body = sent;
    return response;
  };
  response.end = () => {
    ended = true;
    return response;
  };
  return {
    body: () => body,
    letGo,
    send: (): void => {
      if (body !== undefined) response.json(body);
      else if (ended) response.end();
    },
  };
}
