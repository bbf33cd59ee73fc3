import { availableParallelism } from 'node:os';
import { LIMITS } from '@docusnap/contracts';
import { LOG_LEVELS, readConfig } from '@docusnap/runtime';
import { z } from 'zod';
import { ModelSetNames } from './models/names.ts';
import { PROVIDERS } from './provider.ts';

const MIB = 1024 * 1024;
/** Beyond this a page gains little, for what is done before its lines are read stays with one thread; and each thread costs memory. */
const MOST_PAGE_THREADS = 8;
const Count = z.coerce.number().int().min(1);
const Port = z.coerce.number().int().min(0).max(65_535);

/** Every variable the ocr service reads. */
export const OcrConfig = z
  .object({
    HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
    PORT: Port.default(5001).describe('Port of the internal API and of the health checks.'),
    METRICS_PORT: Port.default(9501).describe('Port of /metrics.'),
    DATABASE_WORKER_URL: z
      .string()
      .min(1)
      .describe('PostgreSQL as docusnap_worker; a direct connection, not through a pooler in transaction mode.'),
    REDIS_URL: z.string().optional().describe('Redis for the doorbells; without it they are kept in PostgreSQL.'),
    BLOB_DIR: z.string().min(1).describe('Folder of the stored files.'),
    MASTER_KEY: z.string().min(1).describe('id:base64 of 32 bytes; several, apart by commas, while keys are rotated.'),
    OCR_READERS: Count.default(availableParallelism()).describe('Reader processes; by default one for each core.'),
    PAGE_THREADS: Count.default(MOST_PAGE_THREADS).describe(
      'Cores one page may use while the readers of others are idle.',
    ),
    OCR_EXECUTION_PROVIDER: z.enum(PROVIDERS).default('cpu').describe('Where the models run.'),
    OCR_MODELS: ModelSetNames.describe('Sets of models to load, apart by commas; the first reads jobs that name none.'),
    OCR_MODELS_DIR: z.string().optional().describe('Folder of model files; what it lacks comes from the npm package.'),
    READER_MAX_PAGES: Count.default(500).describe('Pages after which a reader is replaced.'),
    READER_MAX_RSS_MIB: Count.default(2_048).describe('Resident memory in MiB above which a reader is replaced.'),
    PAGE_TIMEOUT_SECONDS: Count.default(120).describe('Seconds one page may take; its reader is then killed.'),
    STOP_GRACE_SECONDS: z.coerce
      .number()
      .min(0)
      .max(5)
      .default(5)
      .describe('Seconds that pages in hand have to end after SIGTERM; what is left is handed back.'),
    MAX_PAGE_PIXELS: Count.default(LIMITS.pagePixels).describe('Width times height of one page.'),
    MAX_IMAGE_BYTES: Count.default(LIMITS.imageBytes).describe('Bytes of one image sent to POST /v1/read.'),
    INTERNAL_AUTH: z
      .enum(['none'])
      .default('none')
      .describe('How callers of POST /v1/read prove themselves; "none" only where HOST is a loopback address.'),
    LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least level that is logged.'),
  })
  .refine((config) => config.INTERNAL_AUTH !== 'none' || isLoopback(config.HOST), {
    path: [],
    message: 'INTERNAL_AUTH=none is allowed only where HOST is a loopback address (127.0.0.1, ::1 or localhost)',
  });
export type OcrConfig = z.infer<typeof OcrConfig>;

/** Variables that Node and native libraries in the readers look at, passed on where they are set. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'TMPDIR',
  'NODE_COMPILE_CACHE',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
];

/** Throws ConfigError with every problem named. */
export function readOcrConfig(env: NodeJS.ProcessEnv): OcrConfig {
  return readConfig(OcrConfig, env);
}

/** The environment of a reader, but for the folder of its models: no secret is in it. */
export function readerEnvironment(config: OcrConfig, env: NodeJS.ProcessEnv): Record<string, string> {
  return { ...inferenceEnvironment(config, env), BLOB_DIR: config.BLOB_DIR };
}

/** The environment of the process that prepares the models, but for the folder it writes to: no secret is in it. */
export function preparationEnvironment(config: OcrConfig, env: NodeJS.ProcessEnv): Record<string, string> {
  return {
    ...inferenceEnvironment(config, env),
    OCR_MODELS: config.OCR_MODELS.join(','),
    ...(config.OCR_MODELS_DIR === undefined ? {} : { OCR_MODELS_DIR: config.OCR_MODELS_DIR }),
  };
}

function inferenceEnvironment(config: OcrConfig, env: NodeJS.ProcessEnv): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return {
    ...Object.fromEntries(passedOn),
    // onnxruntime would report its use to its makers, and leave files of that in the folder for temporary ones.
    ORT_DISABLE_TELEMETRY: '1',
    OCR_EXECUTION_PROVIDER: config.OCR_EXECUTION_PROVIDER,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

export function maxRssBytes(config: OcrConfig): number {
  return config.READER_MAX_RSS_MIB * MIB;
}
