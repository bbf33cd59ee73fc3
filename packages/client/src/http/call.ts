import { CALLS, type Operations } from '../generated/api.ts';
import type { Http, HttpRequest } from './http.ts';

/** What every call may be given. */
export interface CallOptions {
  /** Ends the call; what is thrown is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface SendOptions extends CallOptions {
  /** The same key makes the same request be carried out once in 24 hours; one is made for each call unless given. */
  readonly idempotencyKey?: string | undefined;
}

type Name = keyof Operations;

export type CallInput<Of extends Name> = SendOptions & {
  readonly parts?: Operations[Of]['parts'];
  readonly query?: Operations[Of]['query'];
  readonly body?: Operations[Of]['body'];
  readonly timeoutMs?: number | null;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A call of the API by its name in the OpenAPI document; gives its JSON, or undefined where there is none. */
export async function call<Of extends Name>(
  http: Http,
  name: Of,
  input: CallInput<Of> = {},
): Promise<Operations[Of]['answer']> {
  return http.send(requestOf(name, input), async (response) =>
    response.status === 204 ? undefined : ((await response.json()) as Operations[Of]['answer']),
  );
}

/** The request of a call, for those that read the answer themselves. */
export function requestOf<Of extends Name>(name: Of, input: CallInput<Of>): HttpRequest {
  const [method, template] = CALLS[name];
  const { parts, query, body, ...rest } = input;
  return {
    method,
    path: pathOf(template, parts ?? {}, query ?? {}),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...rest,
  };
}

function pathOf(template: string, parts: object, query: object): string {
  const named = parts as Readonly<Record<string, string | number>>;
  const path = template.replace(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(String(named[name] ?? '')));
  const asked = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(Object.fromEntries(asked.map(([name, value]) => [name, String(value)])));
  return asked.length === 0 ? path : `${path}?${search}`;
}
