import { AppError, BatchName, CreateBatchBody } from '@docusnap/contracts';
import { explain } from '../explain.ts';
import { type FieldReader, JOB_FIELDS, type JobFields, readFields, type SentFile } from '../submit/fields.ts';

/** Of a request that makes a batch: each file is a document, and so a job, of its own. */
export const BATCH_FIELDS: FieldReader = {
  names: ['name', ...JOB_FIELDS.names.filter((name) => name !== 'batch')],
  files: CreateBatchBody.shape.files,
  read: ({ name, ...sent }, ofFiles) => ({
    ...readFields(sent),
    split: true,
    newBatch: { name: readName(name) },
    ofDocuments: ofFiles.map(readDocument),
  }),
};

function readName(name: unknown): string | null {
  if (name === undefined || name === null) return null;
  const parsed = BatchName.safeParse(name);
  if (!parsed.success) throw new AppError('bad_request', `name: ${explain(parsed.error)}`);
  return parsed.data.toWellFormed().replaceAll('\0', '');
}

type OfDocument = NonNullable<JobFields['ofDocuments']>[number];

function readDocument({ options, metadata }: SentFile): OfDocument {
  return {
    ...(options !== undefined && { options: readFields({ options }).options }),
    ...(metadata !== undefined && { metadata: readFields({ metadata }).metadata }),
  };
}
