import { passwordContext, sealBytes } from '@docusnap/blobs';
import type { Caller, JobOptions } from '@docusnap/contracts';
import type { NewFile, NewJob } from '@docusnap/db';
import { sealJobWebhook } from '../webhooks/secrets.ts';
import { sealAsk } from './ask.ts';
import type { Draft } from './draft.ts';
import type { JobFields } from './fields.ts';

export interface JobShare {
  /** Which document of the request it is, from 0. */
  readonly index: number;
  readonly files: readonly NewFile[];
  /** The batch that the request makes. */
  readonly batch: { readonly id: string } | undefined;
  /** `traceparent` of the submit. */
  readonly trace: string;
}

/** What is stored of one job of a request. */
export function newJob(
  caller: Caller,
  fields: JobFields,
  draft: Draft,
  { index, files, batch, trace }: JobShare,
): NewJob {
  const { options, metadata, ask, terms } = { ...fields, ...fields.ofDocuments?.[index] };
  const { id, key } = draft;
  return {
    id,
    tenantId: caller.tenantId,
    options: { ...sealPassword(withoutCacheFor(caller, options), draft), trace_parent: trace },
    metadata,
    key,
    files,
    understanding: ask ? sealAsk(ask, draft) : undefined,
    terms: {
      keyId: caller.keyId ?? undefined,
      batchId: batch?.id ?? terms.batch,
      deadline: terms.deadline,
      retentionSeconds: terms.retentionSeconds,
      webhook: terms.webhook && sealJobWebhook(terms.webhook, draft),
    },
  };
}

/** A key that does without the page cache does so for all its jobs. */
function withoutCacheFor({ cache }: Caller, options: JobOptions): JobOptions {
  return cache ? options : { ...options, cache: false };
}

/** From here on the password is readable only with the job's data key. */
function sealPassword(options: JobOptions, { id, dataKey }: Draft): JobOptions {
  if (options.password === undefined) return options;
  const sealed = sealBytes(dataKey, passwordContext(id), Buffer.from(options.password));
  return { ...options, password: sealed.toString('base64') };
}
