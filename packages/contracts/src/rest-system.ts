import { z } from 'zod';
import { Time } from './rest.ts';

/** The shape of `/v1/system`, for operators: what tells whether the installation keeps up. */

const CheckBody = z.object({
  status: z.enum(['ok', 'failed']),
  milliseconds: z.number().describe('That the check took.'),
});

const LaneBody = z.object({
  waiting: z.int().describe('Units that nobody has in hand; counted no further than 100,000.'),
  in_hand: z.int(),
  oldest_waiting_seconds: z.number().describe('Since the oldest waiting one was submitted; 0 when none waits.'),
});

export const SystemBody = z
  .object({
    at: Time,
    checks: z.object({ database: CheckBody, queue: CheckBody, storage: CheckBody }),
    queue: z.object({ kind: z.enum(['redis', 'postgres']) }),
    database: z.object({ bytes: z.int().describe('Of this database, indexes included.') }),
    storage: z.object({
      kind: z.enum(['disk', 's3']),
      free_bytes: z.int().nullable().describe('null where nobody can say, as with S3.'),
      least_free_bytes: z.int().describe('Below, submits are refused.'),
    }),
    llm: CheckBody.extend({ model: z.string(), host: z.string() })
      .nullable()
      .describe('Checked at most every 30 s; null: rules understand.'),
    lanes: z.object({
      read: LaneBody.describe('Files to open and pages to read.'),
      understand: LaneBody.describe('Jobs to understand.'),
    }),
    backlog_seconds: z
      .number()
      .nullable()
      .describe('Until what waits and is in hand is read, at the measured rate; null while no reader has one.'),
    pages_per_second: z.number().nullable().describe('What all readers together read, as they measured it last.'),
    readers: z.int().describe('Of the workers below.'),
    workers: z.array(
      z.object({
        name: z.string(),
        readers: z.int(),
        page_milliseconds: z.number().nullable().describe('For one page in one reader.'),
        seen_at: Time,
        version: z.string().nullable().describe('Of DocuSnap.'),
        models: z.array(z.string()),
        provider: z.string().nullable().describe('Where the models run: cpu, cuda.'),
      }),
    ),
    today: z
      .object({ jobs: z.int(), jobs_failed: z.int(), pages: z.int(), pages_failed: z.int() })
      .describe('Of jobs that ended since midnight by UTC, of all tenants.'),
    tenants: z.object({ all: z.int(), suspended: z.int(), erasing: z.int() }),
    versions: z.object({
      docusnap: z.string(),
      schema: z.string().describe('The last migration.'),
      postgresql: z.string(),
      node: z.string(),
    }),
  })
  .meta({ id: 'System' });
export type SystemBody = z.infer<typeof SystemBody>;
