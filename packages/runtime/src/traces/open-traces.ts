import { z } from 'zod';
import { type Traces, UNTOLD } from './traces.ts';

const Ratio = z.coerce.number().min(0).max(1);

/** OpenTelemetry's own names, so that what is set for other programs holds here too. */
export const TRACE_VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'OpenTelemetry collector that takes traces by OTLP over HTTP, such as http://collector:4318; none are sent without.',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional().describe('Header fields for it, "name=value", apart by commas.'),
  OTEL_TRACES_SAMPLER_ARG: Ratio.default(1).describe(
    'Part of the traces that begin here which is kept, 0 to 1; those that callers began are kept as they say.',
  ),
};
export type TraceSettings = z.infer<z.ZodObject<typeof TRACE_VARIABLES>>;

/** Where traces go by the configuration. OpenTelemetry is loaded only where they go anywhere. */
export async function openTraces(
  settings: TraceSettings,
  about: { readonly service: string; readonly version: string; readonly onError?: (error: unknown) => void },
): Promise<Traces> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = settings;
  if (endpoint === undefined) return UNTOLD;
  const { openToldTraces } = await import('./told-traces.ts');
  return openToldTraces({
    ...about,
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    headers: readHeaders(settings.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    ratio: settings.OTEL_TRACES_SAMPLER_ARG,
  });
}

/** "a=b,c=d", values as in a URL (W3C Baggage, by which OpenTelemetry writes them). */
function readHeaders(text: string): Record<string, string> {
  const pairs = text
    .split(',')
    .map((pair) => pair.split(/=(.*)/s))
    .filter(([name = '']) => name.trim() !== '');
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name.trim(), decodeURIComponent(value.trim())]));
}
