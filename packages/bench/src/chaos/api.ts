import type { JobBody, JobListBody, PageListBody, ResultBody } from '@docusnap/contracts';

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** No answer came, or none that says what became of the request: it may have been done. */
export class Unclear extends Error {}

/** The public API of a fleet, through whichever gateway; requests that time out are given up. */
export interface Api {
  /** @throws Unclear */
  call(
    method: string,
    path: string,
    request?: { body?: FormData; headers?: Record<string, string>; timeoutMs?: number },
  ): Promise<Answer>;
  /** Asks again until there is an answer that is not 5xx or 429. Only for requests that change nothing. */
  get(path: string, timeoutMs?: number): Promise<Answer>;
}

const TIMEOUT_MS = 8_000;
const AGAIN_MS = 250;

export interface ApiOptions {
  readonly urls: readonly string[];
  readonly key: string;
  /** Which of so many gateways is asked next. */
  readonly pick: (count: number) => number;
  /** Aborted when nobody wants to know any more. */
  readonly over: AbortSignal;
}

export function openApi({ urls, key, pick, over }: ApiOptions): Api {
  const call: Api['call'] = async (method, path, { body, headers = {}, timeoutMs = TIMEOUT_MS } = {}) => {
    const url = `${urls[pick(urls.length)]}${path}`;
    try {
      const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${key}`, ...headers },
        ...(body ? { body } : {}),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    } catch (error) {
      throw new Unclear(`${method} ${path}`, { cause: error });
    }
  };
  return {
    call,
    async get(path, timeoutMs) {
      for (;;) {
        over.throwIfAborted();
        try {
          const answer = await call('GET', path, timeoutMs === undefined ? {} : { timeoutMs });
          if (answer.status < 500 && answer.status !== 429) return answer;
        } catch (error) {
          if (!(error instanceof Unclear)) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    },
  };
}

const WAIT_SECONDS = 15;

/** Null where there is no such job. */
export async function pollJob(api: Api, id: string): Promise<JobBody | null> {
  const { status, body } = await api.get(`/v1/jobs/${id}?wait=${WAIT_SECONDS}`, WAIT_SECONDS * 1_000 + TIMEOUT_MS);
  return status === 200 ? (body as JobBody) : null;
}

export async function jobExists(api: Api, id: string): Promise<boolean> {
  return (await api.get(`/v1/jobs/${id}`)).status === 200;
}

export async function pagesOf(api: Api, id: string): Promise<PageListBody['pages'] | null> {
  const { status, body } = await api.get(`/v1/jobs/${id}/pages?limit=1000`);
  return status === 200 ? (body as PageListBody).pages : null;
}

export async function resultOf(api: Api, id: string): Promise<ResultBody | null> {
  const { status, body } = await api.get(`/v1/jobs/${id}/result?format=json`);
  return status === 200 ? (body as ResultBody) : null;
}

/** All jobs there are. */
export async function listJobs(api: Api): Promise<JobBody[]> {
  const jobs: JobBody[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await api.get(`/v1/jobs?limit=100${more}`);
    if (status !== 200) throw new Error(`GET /v1/jobs: expected 200, got ${status}: ${JSON.stringify(body)}`);
    const page = body as JobListBody;
    jobs.push(...page.jobs);
    cursor = page.next_cursor;
  }
  return jobs;
}

/** Whether a submit may be sent again under its key without making a second job. */
export async function knowsIdempotency(api: Api): Promise<boolean> {
  const { body } = await api.get('/openapi.json');
  return /idempotency-key/i.test(JSON.stringify(body));
}
