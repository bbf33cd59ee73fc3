import type { JobBody } from '@docusnap/contracts';
import { ask, type Caller } from '../stack/call.ts';

export interface Followed {
  readonly failures: readonly string[];
  readonly connections: number;
  /** Different pages that were told of, and how many the job has. */
  readonly pages: number;
  readonly pagesTotal: number | null;
}

/** Follows a job to its end as EventSource would: where a stream ends before, it is taken up again behind the last event that came. */
export async function followEvents(caller: Caller, id: string): Promise<Followed> {
  const failures: string[] = [];
  const pages = new Set<number>();
  let job: JobBody | undefined;
  let lastId: string | undefined;
  let connections = 0;
  while (failures.length === 0 && (job?.finished_at ?? null) === null) {
    connections += 1;
    try {
      const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
      const { status, body } = await ask(caller, 'GET', `/v1/jobs/${id}/events`, { headers });
      if (status !== 200) failures.push(`${status} ${body.slice(0, 200)}`);
      for (const event of eventsIn(body)) {
        lastId = event.id ?? lastId;
        if (event.name === 'page') pages.add((event.data as { number: number }).number);
        if (event.name === 'job') job = event.data as JobBody;
      }
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { failures, connections, pages: pages.size, pagesTotal: job?.pages_total ?? null };
}

interface Event {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

function eventsIn(text: string): Event[] {
  return text.split('\n\n').flatMap((block) => {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const name = fields.get('event');
    return name === undefined ? [] : [{ name, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') }];
  });
}
