import { readFileSync } from 'node:fs';
import { askedSchema } from '../extract/asked-schema.ts';
import type { SubmitOptions } from '../jobs/submit.ts';
import type { Work } from './batch/work.ts';
import { type Call, textOf } from './call.ts';
import { type ExitCode, UsageError } from './exit-codes.ts';
import { readFiles } from './read-files.ts';
import { digestOf, readingOptions } from './reading.ts';

/** `docusnap extract --schema FILE FILE...`: for each file a JSON object of what was found. */
export async function extract(call: Call): Promise<ExitCode> {
  const path = textOf(call, 'schema');
  if (path === undefined) throw new UsageError('Say which fields are wanted: --schema FILE, a JSON Schema.');
  return readFiles(call, fieldsWork(call, readSchema(path)));
}

function readSchema(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`The schema ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema;
  } catch {
    // Said below, as for what is JSON but no schema.
  }
  throw new UsageError(
    `${path} is no JSON Schema; one is {"type": "object", "properties": {"total": {"type": "number"}}}.`,
  );
}

function fieldsWork(call: Call, schema: object): Work {
  const { options } = readingOptions(call);
  const proofs = call.given.proofs === true;
  return {
    ask: { options, task: 'extract', schema: askedSchema(schema) as SubmitOptions['schema'] },
    extensions: ['json'],
    asked: digestOf({ schema, options, proofs }),
    fetch: async (docusnap, job, signal) => {
      const { ok, data, issues, fields } = await docusnap.extractionOf(job, schema, { signal });
      const found = { file: job.name, ok, data, issues, ...(proofs && { proofs: fields }) };
      return [{ extension: 'json', content: `${JSON.stringify(found, null, 2)}\n` }];
    },
  };
}
