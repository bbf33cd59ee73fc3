/** One server-sent event. */
export interface ServerEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: string;
}

/** The events of a stream as they come (https://html.spec.whatwg.org/multipage/server-sent-events.html). What is cut off at the end is no event. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const event = eventIn(part);
        if (event) yield event;
      }
    }
  } finally {
    // The caller has enough, or the connection broke, and then there is nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

function eventIn(text: string): ServerEvent | undefined {
  const fields = text.split(/\r?\n/).map((line) => {
    const colon = line.indexOf(':');
    return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
  });
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value);
  if (data.length === 0) return undefined;
  const last = (wanted: string): string | undefined => fields.findLast(([name]) => name === wanted)?.[1];
  return { id: last('id'), type: last('event') ?? 'message', data: data.join('\n') };
}
