import { AppError, RESULT_FORMATS, type ResultFormat } from '@docusnap/contracts';
import { formatAlto, formatHocr, formatMarkdown, formatText, formatTsv, type Leaf } from '@docusnap/formats';
import type { Request } from 'express';
import { z } from 'zod';

export const FormatQuery = z.strictObject({
  format: z.enum(RESULT_FORMATS).optional().describe('Goes before the Accept header; json when neither says.'),
});

const MEDIA_TYPES: Readonly<Record<ResultFormat, string>> = {
  json: 'application/json',
  text: 'text/plain',
  markdown: 'text/markdown',
  hocr: 'application/xhtml+xml',
  alto: 'application/xml',
  tsv: 'text/tab-separated-values',
  pdf: 'application/pdf',
};

/** What may stand in Accept, for the OpenAPI document; JSON has a shape of its own there. */
export const OTHER_MEDIA_TYPES: readonly string[] = RESULT_FORMATS.filter((format) => format !== 'json').map(
  (format) => MEDIA_TYPES[format],
);

/** The formats that are text made from leaves alone. */
export const WRITERS: Readonly<
  Record<Exclude<ResultFormat, 'json' | 'pdf'>, (title: string, leaves: AsyncIterable<Leaf>) => AsyncGenerator<string>>
> = {
  text: (_title, leaves) => formatText(leaves),
  markdown: (_title, leaves) => formatMarkdown(leaves),
  hocr: formatHocr,
  alto: formatAlto,
  tsv: (_title, leaves) => formatTsv(leaves),
};

/** The Content-Type of a format. */
export function contentTypeOf(format: ResultFormat): string {
  return format === 'pdf' ? MEDIA_TYPES.pdf : `${MEDIA_TYPES[format]}; charset=utf-8`;
}

/** The format that a request asks for. Throws `not_acceptable`. */
export function formatOf(request: Request, query: z.output<typeof FormatQuery>): ResultFormat {
  const format = query.format ?? acceptedFormat(request);
  if (!format) throw new AppError('not_acceptable', `There are ${Object.values(MEDIA_TYPES).join(', ')}.`);
  return format;
}

/** The first format that Accept names, JSON where anything will do; undefined where it names none of them. */
export function acceptedFormat(request: Request): ResultFormat | undefined {
  const accepted = request.accepts(RESULT_FORMATS.map((format) => MEDIA_TYPES[format]));
  return RESULT_FORMATS.find((one) => MEDIA_TYPES[one] === accepted);
}
