import type { ErrorCode } from '@docusnap/contracts';
import { z } from 'zod';

/** The terms of a job as parts of a form, for the OpenAPI document. */
export const TERM_PARTS = {
  deadline: z.string().optional().describe('As in the JSON form, without quotation marks.'),
  retention_seconds: z.string().optional().describe('As in the JSON form.'),
  webhook: z.string().optional().describe('JSON, as in the JSON form.'),
  ...Object.fromEntries(
    (['schema', 'labels', 'form', 'library'] as const).map((name) => [
      name,
      z.string().optional().describe('JSON, as in the JSON form.'),
    ]),
  ),
};

/** What a submit may be refused with. */
export const SUBMIT_ERRORS: readonly ErrorCode[] = [
  'malformed_json',
  'malformed_multipart',
  'invalid_options',
  'metadata_too_large',
  'no_files',
  'too_many_files',
  'body_too_large',
  'file_too_large',
  'job_too_large',
  'unsupported_media_type',
  'file_empty',
  'file_type_unsupported',
  'too_many_pixels',
  'deadline_unreachable',
  'url_refused',
  'url_unreachable',
  'url_timeout',
  'url_without_file',
  'url_input_off',
  'storage_unavailable',
];
