import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { Id, JobOptionsBody, Metadata } from './rest.ts';
import { JobWebhook } from './rest-webhooks.ts';
import { AskBody } from './understanding.ts';

/** The shape of a submit. */

/** The terms that a job is taken under; in a form each is a field of its own. */
export const TermsBody = z.strictObject({
  batch: Id.optional().describe('Id of a batch of yours that the job goes into.'),
  deadline: z.iso
    .datetime({ offset: true })
    .optional()
    .describe(
      'RFC 3339. What is not done by then is given up: the job ends as expired, and pages that were read stay. Refused where it cannot be met.',
    ),
  retention_seconds: z
    .int()
    .min(1)
    .max(LIMITS.retentionSeconds)
    .optional()
    .describe('The job is erased so long after its end; as long as is usual for your tenant unless given.'),
  webhook: JobWebhook.optional(),
});
export type TermsBody = z.infer<typeof TermsBody>;

const SentFile = z.strictObject({
  name: z.string().min(1).max(255).optional().describe('"file", or what its host calls it, unless given.'),
  content: z.string().optional().describe('The bytes of the file in base64, without a data: prefix.'),
  url: z
    .string()
    .max(LIMITS.urlCharacters)
    .optional()
    .describe('In place of content: where the file is fetched from, https on port 443 of a public host.'),
});
const hasOneSource = ({ content, url }: { content?: string | undefined; url?: string | undefined }): boolean =>
  (content === undefined) !== (url === undefined);
const ONE_SOURCE = { message: 'has to have either content or url' };

/** The JSON form of a submit. */
export const SubmitBody = z
  .strictObject({
    files: z
      .array(SentFile.refine(hasOneSource, ONE_SOURCE))
      .max(LIMITS.filesPerJob)
      .default([])
      .describe('At least one, but for the task fill, which takes none.'),
    options: JobOptionsBody.optional(),
    metadata: Metadata.optional(),
    ...TermsBody.shape,
    ...AskBody.partial().shape,
  })
  .meta({ id: 'Submit' });
export type SubmitBody = z.infer<typeof SubmitBody>;

export const BatchName = z.string().min(1).max(255);

/** The JSON form of `POST /v1/batches`. */
export const CreateBatchBody = z
  .strictObject({
    name: BatchName.optional(),
    files: z
      .array(
        SentFile.extend({
          options: JobOptionsBody.optional().describe('In place of those of the batch.'),
          metadata: Metadata.optional().describe('In place of that of the batch.'),
        }).refine(hasOneSource, ONE_SOURCE),
      )
      .max(LIMITS.documentsPerBatch)
      .default([])
      .describe('Each becomes a job. More may follow, one by one: the field batch of POST /v1/jobs.'),
    options: JobOptionsBody.optional().describe('Of each document.'),
    metadata: Metadata.optional().describe('Of the batch, and of each document that has none of its own.'),
    ...TermsBody.omit({ batch: true }).shape,
    ...AskBody.partial().shape,
  })
  .meta({ id: 'CreateBatch' });
