import {
  SpanKind as Kind,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { readTraceparent, writeTraceparent } from './traceparent.ts';
import type { Span, SpanKind, Traces } from './traces.ts';

/** Spans that wait to be sent; further ones are dropped: a page has some ten. */
const MOST_WAITING = 4_096;
const BATCH = 512;
const EVERY_MS = 2_000;
const SEND_MS = 5_000;
/** What is left when the process stops has so long to be sent: a collector that is away must not hold it up. */
const CLOSE_MS = 1_500;

const KINDS: Readonly<Record<SpanKind, Kind>> = {
  server: Kind.SERVER,
  client: Kind.CLIENT,
  consumer: Kind.CONSUMER,
  internal: Kind.INTERNAL,
};

export interface ToldOptions {
  readonly service: string;
  readonly version: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the traces that begin here, the part that is kept. */
  readonly ratio: number;
}

/** Tells an OpenTelemetry collector, in batches, behind whoever works. What cannot be sent is dropped. */
export function openToldTraces({ service, version, url, headers, ratio }: ToldOptions): Traces {
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: SEND_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `docusnap-${service}`, 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: MOST_WAITING,
        maxExportBatchSize: BATCH,
        scheduledDelayMillis: EVERY_MS,
        exportTimeoutMillis: SEND_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('docusnap', version);
  return {
    isOn: true,
    begin: (name, { parent, kind = 'internal', attributes, at } = {}) => {
      const started = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          ...(attributes && { attributes: { ...attributes } }),
          ...(at !== undefined && { startTime: at }),
        },
        contextOf(parent),
      );
      return spanOf(started);
    },
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS);
      });
      // Failures are those of a collector that is away.
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

function contextOf(parent: string | undefined) {
  const read = readTraceparent(parent);
  if (!read) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = read;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function spanOf(started: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = started.spanContext();
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return {
    traceId,
    traceparent: writeTraceparent({ traceId, spanId, isSampled }),
    end: ({ name, attributes, failure, at } = {}) => {
      if (!isSampled) return;
      if (name !== undefined) started.updateName(name);
      if (attributes) started.setAttributes({ ...attributes });
      if (failure !== undefined) {
        started.setAttribute('error.type', failure);
        started.setStatus({ code: SpanStatusCode.ERROR });
      }
      started.end(at);
    },
  };
}
