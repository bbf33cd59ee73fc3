import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@docusnap/contracts';

/** With the five seconds that a service waits for a connection, a minute. */
const MOST_TRIES = 12;

/** For what a test sets up: a connection that a service would give up may just take longer on a busy machine. Throws what the last try threw. */
export async function patiently<Opened>(open: () => Promise<Opened>): Promise<Opened> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open();
    } catch (error) {
      if (tries >= MOST_TRIES || !isLate(error)) throw error;
    }
  }
}

/** The answer, asked for again where it is 503: a busy machine's database may seem away for a moment. */
export async function untilServed(ask: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.status !== 503 || tries >= MOST_TRIES) return answer;
    await answer.body?.cancel();
    await delay(Number(answer.headers.get('retry-after') ?? 1) * 1_000);
  }
}

/** As our own code says it, and as the PostgreSQL client does. */
function isLate(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'database_unavailable' || error.code === 'queue_unavailable';
  return error instanceof Error && /timeout/i.test(error.message);
}
