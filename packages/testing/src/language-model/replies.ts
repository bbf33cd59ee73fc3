import { type ChatRequest, textOfChat, tokensOfText } from './chat.ts';

/** What the server does with a request. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly text: string;
      readonly finish: string;
      readonly promptTokens?: number;
      readonly refusal?: string;
    }
  | {
      readonly kind: 'body';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** Takes the request and never says anything, or never ends what it says. */
  | { readonly kind: 'hang'; readonly after: 'nothing' | 'half' }
  /** Closes the connection: at once, or in the middle of an answer. */
  | { readonly kind: 'cut'; readonly after: 'nothing' | 'half' };

export type Response = Extract<Reply, { kind: 'body' }>;

/** The model says a text, or a value as JSON. */
export function says(value: unknown, { finish = 'stop' }: { readonly finish?: string } = {}): Reply {
  return { kind: 'answer', text: typeof value === 'string' ? value : JSON.stringify(value), finish };
}

/** The model will not talk about this, in the way that OpenAI has for it. */
export function refusesToSpeak(): Reply {
  return { kind: 'answer', text: '', finish: 'stop', refusal: 'I cannot help with that.' };
}

/** An answer of HTTP with any status and body. */
export function responds(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'body', status, headers: { 'content-type': 'application/json', ...headers }, body: text };
}

/** An error as OpenAI words it. */
export function fails(
  status: number,
  error: {
    readonly message: string;
    readonly type?: string;
    readonly code?: string | null;
    readonly param?: string | null;
  },
  headers: Readonly<Record<string, string>> = {},
): Response {
  return responds(status, { error: { type: 'invalid_request_error', code: null, param: null, ...error } }, headers);
}

export const HANG: Reply = { kind: 'hang', after: 'nothing' };
export const HANG_HALFWAY: Reply = { kind: 'hang', after: 'half' };
export const CUT: Reply = { kind: 'cut', after: 'nothing' };
export const CUT_HALFWAY: Reply = { kind: 'cut', after: 'half' };

/** An answer as the API words it. */
export function completionOf(reply: Extract<Reply, { kind: 'answer' }>, { body }: ChatRequest): object {
  const prompt = reply.promptTokens ?? tokensOfText(textOfChat(body));
  const completion = tokensOfText(reply.text);
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_750_000_000,
    model: body.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: reply.text, refusal: reply.refusal ?? null },
        finish_reason: reply.finish,
      },
    ],
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
}

/** The same as events of a stream. */
export function eventsOf(reply: Extract<Reply, { kind: 'answer' }>, request: ChatRequest): string[] {
  const chunk = (delta: object, finish: string | null): object => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_750_000_000,
    model: request.body.model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const pieces = reply.text.match(/[\s\S]{1,16}/g) ?? [];
  const { usage } = completionOf(reply, request) as { usage: object };
  return [
    ...pieces.map((content) => JSON.stringify(chunk({ content }, null))),
    JSON.stringify(chunk({}, reply.finish)),
    JSON.stringify({ ...chunk({}, null), choices: [], usage }),
    '[DONE]',
  ];
}
