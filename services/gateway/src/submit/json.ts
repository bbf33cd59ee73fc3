import { AppError } from '@docusnap/contracts';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { explain } from '../explain.ts';
import { readJson } from '../json-body.ts';
import type { Ports } from '../ports.ts';
import { decodeBase64 } from './base64.ts';
import type { FieldReader, JobFields } from './fields.ts';
import type { Intake } from './intake.ts';
import { ConnectionLost } from './multipart.ts';
import { fetchUrl } from './url/fetch-url.ts';

/**
 * Reads the JSON form of a submit, `{files: [{name, content}], options, metadata, ...}`, whose body is bounded and held in memory; a file with
 * `url` in place of `content` is fetched. Throws `malformed_json`, `body_too_large`, `bad_request`, `no_files`, `too_many_files`, what the
 * fetching throws, and what the intake refuses.
 */
export async function readJsonSubmit(
  ports: Pick<Ports, 'limits' | 'reach' | 'stopping'>,
  request: Request,
  response: Response,
  intake: Intake,
  reader: FieldReader,
): Promise<JobFields> {
  const { limits } = ports;
  const body = await readJson(request, response, limits.jsonBytes);
  const list = (body as { files?: unknown } | null)?.files;
  if (Array.isArray(list) && list.length > limits.filesPerJob) throw new AppError('too_many_files');
  const { files, ...sent } = parseShape(reader, body);
  const fields = reader.read(sent, files);
  const takeFetched = openFetching(ports, response, intake);
  for (const [index, { name, content, url }] of files.entries()) {
    if (url === undefined) await intake.take(name, decodeBase64(content ?? '', `files.${index}.content`));
    else if (!intake.foresees(name, url)) await takeFetched(name, url);
  }
  return fields;
}

/** The fields are validated apart, with codes of their own and by size first: they may be nested deeper than a validator can follow. */
function parseShape({ files, names }: FieldReader, body: unknown) {
  const fields = Object.fromEntries(names.map((name) => [name, z.unknown().optional()]));
  const parsed = z.strictObject({ files, ...fields }).safeParse(body);
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  return parsed.data;
}

/** Fetches files of one request, whose time begins with the first; a client that goes away and a process that stops end it. */
function openFetching({ reach, stopping }: Pick<Ports, 'reach' | 'stopping'>, response: Response, intake: Intake) {
  let signal: AbortSignal | undefined;
  return async (name: string | undefined, url: string): Promise<void> => {
    if (reach === undefined) throw new AppError('url_input_off');
    signal ??= AbortSignal.any([AbortSignal.timeout(reach.totalMs), cutOff(response, stopping)]);
    signal.throwIfAborted();
    const file = await fetchUrl(reach, url, signal);
    try {
      await intake.take(name ?? file.name, file.bytes, file.announcedBytes);
    } finally {
      file.close();
    }
  };
}

function cutOff(response: Response, stopping: AbortSignal): AbortSignal {
  const cut = new AbortController();
  const leave = (): void => cut.abort(new ConnectionLost());
  // Gone already, while files before this one were stored.
  if (response.destroyed) leave();
  response.on('close', leave);
  const stop = (): void => cut.abort(new AppError('shutting_down'));
  if (stopping.aborted) stop();
  stopping.addEventListener('abort', stop, { once: true, signal: cut.signal });
  return cut.signal;
}
