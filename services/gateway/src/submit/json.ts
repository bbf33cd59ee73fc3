import { AppError, SubmitBody } from '@docusnap/contracts';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { explain } from '../explain.ts';
import { readJson } from '../json-body.ts';
import type { Limits } from '../ports.ts';
import { decodeBase64 } from './base64.ts';
import { type JobFields, readFields } from './fields.ts';
import type { Intake } from './intake.ts';

/** The fields are validated apart, with codes of their own and by size first: they may be nested deeper than a validator can follow. */
const Files = SubmitBody.extend({ options: z.unknown().optional(), metadata: z.unknown().optional() });

/**
 * Reads the JSON form of a submit, `{files: [{name, content}], options, metadata}`, whose body is bounded and held in memory. Throws
 * `malformed_json`, `body_too_large`, `bad_request`, `no_files`, `too_many_files`, and what the intake refuses.
 */
export async function readJsonSubmit(
  request: Request,
  response: Response,
  intake: Intake,
  limits: Limits,
): Promise<JobFields> {
  const body = await readJson(request, response, limits.jsonBytes);
  const list = (body as { files?: unknown } | null)?.files;
  if (Array.isArray(list) && list.length === 0) throw new AppError('no_files');
  if (Array.isArray(list) && list.length > limits.filesPerJob) throw new AppError('too_many_files');
  const parsed = Files.safeParse(body);
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  const fields = readFields(parsed.data.options, parsed.data.metadata);
  for (const [index, file] of parsed.data.files.entries()) {
    await intake.take(file.name, decodeBase64(file.content, `files.${index}.content`));
  }
  return fields;
}
