import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as it was told. */
export interface ToldSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where it begins a trace. */
  readonly parentSpanId: string;
  readonly ms: number;
  /** Milliseconds since 1970. */
  readonly beganAt: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2 where it failed. */
  readonly status: number;
}

/** What takes traces by OTLP over HTTP, as an OpenTelemetry collector does. For tests only. */
export interface OtlpReceiver {
  readonly url: string;
  /** All that was told so far. */
  readonly spans: ToldSpan[];
  /** Header fields of the last request. */
  headers(): Readonly<Record<string, unknown>>;
  /** Resolves once all told together are so. */
  until(isEnough: (spans: readonly ToldSpan[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly boolValue?: boolean;
  readonly doubleValue?: number;
}
type Attributes = readonly { readonly key: string; readonly value: Value }[];

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Pick<ToldSpan, 'name' | 'traceId' | 'spanId'> & {
        readonly parentSpanId?: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: Attributes;
        readonly status?: { readonly code?: number };
      })[];
    }[];
  }[];
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ToldSpan[] = [];
  const watchers = new Set<() => void>();
  let headers: Readonly<Record<string, unknown>> = {};
  const server = createServer(async (request, response) => {
    headers = request.headers;
    if (request.url === '/v1/traces') spans.push(...spansOf((await json(request)) as ExportRequest));
    response.writeHead(request.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    for (const look of watchers) look();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers: () => headers,
    until: (isEnough) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isEnough(spans)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    close: async () => {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

const NANOSECONDS = 1e6;

function spansOf({ resourceSpans }: ExportRequest): ToldSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(
        ({ name, traceId, spanId, parentSpanId = '', startTimeUnixNano, endTimeUnixNano, attributes, status }) => ({
          service: String(recordOf(resource.attributes)['service.name']),
          name,
          traceId,
          spanId,
          parentSpanId,
          ms: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / NANOSECONDS,
          beganAt: Number(BigInt(startTimeUnixNano) / 1_000n) / 1_000,
          attributes: recordOf(attributes),
          status: status?.code ?? 0,
        }),
      ),
    ),
  );
}

function recordOf(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
}
