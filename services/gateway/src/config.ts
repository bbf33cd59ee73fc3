import { MasterKeyError, type MasterKeys, parseMasterKeys } from '@docusnap/blobs';
import { LIMITS, ModelSetName } from '@docusnap/contracts';
import { LOG_LEVELS } from '@docusnap/runtime';
import { z } from 'zod';
import { EncryptionKeyError, type EncryptionKeys, parseEncryptionKeys } from './docusnap-v1/keys.ts';
import { V1_LIMITS } from './docusnap-v1/limits.ts';

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

function readEncryptionKeys(text: string, context: z.core.$RefinementCtx<string>): EncryptionKeys {
  try {
    return parseEncryptionKeys(text);
  } catch (error) {
    if (!(error instanceof EncryptionKeyError)) throw error;
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
  URL_INPUT: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether files may be given by their https address, on public hosts only; "off" where nothing may be fetched.',
    ),
  UNDERSTAND_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(0)
    .max(256)
    .default(4)
    .describe('Jobs understood at a time in this process; 0 where others do it (`--role understand`).'),
  LLM_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'OpenAI-compatible API of a language model, up to its version: requests go to LLM_BASE_URL/chat/completions. Without it rules understand.',
    ),
  LLM_MODEL: z.string().optional().describe('Name of the language model at LLM_BASE_URL.'),
  LLM_API_KEY: z.string().optional().describe('Bearer key for LLM_BASE_URL; servers of your own need none.'),
  LLM_CONTEXT_TOKENS: z.coerce
    .number()
    .int()
    .min(2048)
    .default(8192)
    .describe('Tokens the language model takes, question and answer together; longer documents are read in parts.'),
  LLM_TIMEOUT_SECONDS: z.coerce
    .number()
    .int()
    .positive()
    .max(3600)
    .default(120)
    .describe('How long one answer of the language model may take, in seconds.'),
  BOOTSTRAP_API_KEY_FILE: z
    .string()
    .optional()
    .describe("File with an API key that becomes the first tenant's, with every scope."),
  DOCUSNAP_V1: z
    .enum(['on', 'off'])
    .default('off')
    .describe('Whether DocuSnap v1 clients are served, below /api/v1; they need no API key.'),
  DOCUSNAP_V1_KEYS: z
    .string()
    .transform(readEncryptionKeys)
    .optional()
    .describe('RSA private keys in PEM, one after another: clients encrypt to the first, all decrypt.'),
  DOCUSNAP_V1_TASKS: z.coerce
    .number()
    .int()
    .positive()
    .default(V1_LIMITS.tasks)
    .describe('Tasks of DocuSnap v1 clients that work at a time.'),
  DOCUSNAP_V1_LIMIT_BY_ADDRESS: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether v1 requests are limited by address too; "off" where a proxy makes all come from one.'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least level that is logged.'),
});
export type GatewayConfig = z.output<typeof GatewayConfig>;
