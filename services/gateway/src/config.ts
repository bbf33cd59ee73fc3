import { MasterKeyError, type MasterKeys, parseMasterKeys } from '@docusnap/blobs';
import { LIMITS, ModelSetName } from '@docusnap/contracts';
import { LOG_LEVELS } from '@docusnap/runtime';
import { z } from 'zod';

const Port = z.coerce.number().int().min(0).max(65_535);
const Bytes = z.coerce.number().int().positive();

function readMasterKeys(text: string, context: z.core.$RefinementCtx<string>): MasterKeys {
  try {
    return parseMasterKeys(text);
  } catch (error) {
    if (!(error instanceof MasterKeyError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
}

/** The gateway's configuration; the fields are the names of environment variables. */
export const GatewayConfig = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address the API and the metrics listen on.'),
  PORT: Port.default(8000).describe('Port of the API.'),
  METRICS_PORT: Port.default(9464).describe('Port of /metrics.'),
  DATABASE_URL: z.string().describe('PostgreSQL as docusnap_api; may be pgBouncer in transaction mode.'),
  DATABASE_DIRECT_URL: z
    .string()
    .optional()
    .describe('PostgreSQL itself as docusnap_api, for notifications; DATABASE_URL unless given.'),
  DATABASE_WORKER_URL: z.string().describe('PostgreSQL as docusnap_worker, for the sweep and the counts of units.'),
  REDIS_URL: z.string().optional().describe('Redis for the queue; without it the queue is in PostgreSQL.'),
  BLOB_DIR: z.string().describe('Folder for the files of jobs, shared with the ocr service.'),
  MASTER_KEY: z
    .string()
    .transform(readMasterKeys)
    .describe('Keys that wrap the keys of jobs, "id:base64[,id:base64...]": the first wraps, all unwrap.'),
  OCR_MODELS: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(ModelSetName))
    .optional()
    .describe('The same as of the ocr services: a job that asks for others is refused at once, not by its reader.'),
  MAX_IMAGE_BYTES: Bytes.default(LIMITS.imageBytes).describe('Bytes one image may have.'),
  MAX_PDF_BYTES: Bytes.default(LIMITS.pdfBytes).describe('Bytes one PDF may have.'),
  MAX_DOCUMENT_BYTES: Bytes.default(LIMITS.documentBytes).describe('Bytes all files of one job may have together.'),
  MAX_PAGE_PIXELS: Bytes.default(LIMITS.pagePixels).describe('Width times height of one page.'),
  BOOTSTRAP_API_KEY_FILE: z
    .string()
    .optional()
    .describe("File with an API key that becomes the first tenant's, with every scope."),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least level that is logged.'),
});
export type GatewayConfig = z.output<typeof GatewayConfig>;
