import type { ClientOptions } from 'openai';
import { type Dispatcher, fetch } from 'undici';

type Fetch = NonNullable<ClientOptions['fetch']>;

/** Bytes of an error's body that are looked at. */
const MOST_ERROR_CHARACTERS = 64 * 1024;

/**
 * A fetch for the SDK whose refusals all look like OpenAI's. Servers put an error at `error`, at the top of the body, or in a string; the SDK
 * keeps the first kind only and would lose what the others say.
 */
export function tellingFetch(dispatcher: Dispatcher): Fetch {
  return async (url, init) => {
    const response = await fetch(url as string, { ...(init as object), dispatcher });
    if (response.ok) return response as unknown as Response;
    const body = (await response.text()).slice(0, MOST_ERROR_CHARACTERS);
    return new Response(JSON.stringify({ error: errorOf(body) }), {
      status: response.status,
      headers: [...response.headers].filter(([name]) => !OF_THE_BODY.includes(name)),
    });
  };
}

const OF_THE_BODY: readonly string[] = ['content-length', 'content-encoding', 'transfer-encoding', 'content-type'];

function errorOf(body: string): object {
  const parsed = parsedOf(body);
  if (typeof parsed !== 'object' || parsed === null) return { message: body };
  const { error = parsed } = parsed as { error?: unknown };
  return typeof error === 'object' && error !== null ? error : { message: String(error) };
}

function parsedOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
