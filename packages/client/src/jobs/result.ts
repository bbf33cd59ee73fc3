import type { Operations, Result } from '../generated/api.ts';
import { type CallOptions, requestOf } from '../http/call.ts';
import type { Http, HttpRequest } from '../http/http.ts';

type Query = Operations['get_v1_jobs_id_result']['query'];

/** Formats that are text. */
export const TEXT_FORMATS = ['text', 'markdown', 'hocr', 'alto', 'tsv'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];
export const FORMATS = ['json', ...TEXT_FORMATS, 'pdf'] as const;
export type Format = (typeof FORMATS)[number];

/** What a format comes as. */
export type InFormat<Of extends Format, Whole> = Of extends 'json' ? Whole : Of extends 'pdf' ? Blob : string;

export interface ResultOptions<Of extends Format> extends CallOptions, Omit<Query & object, 'format'> {
  /** `json` unless given. */
  readonly format?: Of | undefined;
}

/** The result of an ended job. */
export function result<Of extends Format = 'json'>(
  http: Http,
  id: string,
  { signal, format, ...query }: ResultOptions<Of> = {},
): Promise<InFormat<Of, Result>> {
  const request = requestOf('get_v1_jobs_id_result', {
    parts: { id },
    query: { ...query, format: format ?? 'json' },
    signal,
    timeoutMs: null,
  });
  return inFormat(http, request, format ?? ('json' as Of));
}

/** Sends a request and reads its answer as its format comes. */
export function inFormat<Of extends Format, Whole>(
  http: Http,
  request: HttpRequest,
  format: Of,
): Promise<InFormat<Of, Whole>> {
  return http.send(request, async (response) => {
    const answer = format === 'json' ? response.json() : format === 'pdf' ? response.blob() : response.text();
    return (await answer) as InFormat<Of, Whole>;
  });
}
