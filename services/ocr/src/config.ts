import { availableParallelism } from 'node:os';
import { BLOB_RULES, BLOB_VARIABLES, KEY_SERVICE_VARIABLES } from '@docusnap/blobs';
import { LIMITS } from '@docusnap/contracts';
import { LOG_LEVELS, RELOAD_VARIABLES, readReloadable, TRACE_VARIABLES } from '@docusnap/runtime';
import { z } from 'zod';
import { ModelSetNames } from './models/names.ts';
import { PROVIDERS } from './provider.ts';

const MIB = 1024 * 1024;
/** Beyond this a page gains little, for what is done before its lines are read stays with one thread; and each thread costs memory. */
const MOST_PAGE_THREADS = 8;
const Count = z.coerce.number().int().min(1);
const Port = z.coerce.number().int().min(0).max(65_535);
const List = z.string().transform((text) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);

const Variables = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: Port.default(5001).describe('Port of the internal API and of the health checks.'),
  METRICS_PORT: Port.default(9501).describe('Port of /metrics.'),
  DATABASE_WORKER_URL: z
    .string()
    .min(1)
    .describe('PostgreSQL as docusnap_worker; a direct connection, not through a pooler in transaction mode.'),
  REDIS_URL: z
    .string()
    .optional()
    .describe(
      'Redis for the doorbells, also redis+sentinel:// or redis+cluster://; without it they are kept in PostgreSQL.',
    ),
  ...BLOB_VARIABLES,
  MASTER_KEY: z.string().min(1).describe('id:base64 of 32 bytes; several, apart by commas, while keys are rotated.'),
  ...KEY_SERVICE_VARIABLES,
  OCR_READERS: Count.default(availableParallelism()).describe('Reader processes; by default one for each core.'),
  OCR_PAGES_AT_ONCE: Count.default(1).describe(
    'Pages that one reader takes at once, so that their lines share batches on a GPU; 1 where OCR_EXECUTION_PROVIDER=cpu. Not measured.',
  ),
  PAGE_THREADS: Count.default(MOST_PAGE_THREADS).describe(
    'Cores one page may use while the readers of others are idle.',
  ),
  OCR_EXECUTION_PROVIDER: z.enum(PROVIDERS).default('cpu').describe('Where the models run.'),
  OCR_MODELS: ModelSetNames.describe('Sets of models to load, apart by commas; the first reads jobs that name none.'),
  OCR_MODELS_DIR: z.string().optional().describe('Folder of model files; what it lacks comes from the npm package.'),
  OCR_PREPARED_DIR: z
    .string()
    .optional()
    .describe(
      'Folder of this service alone that keeps prepared models from one start to the next; a start is 0.8 s faster.',
    ),
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
    .enum(['none', 'hmac', 'mtls'])
    .default('none')
    .describe(
      'How callers of POST /v1/read prove themselves: hmac (they sign) or mtls (certificates); "none" only where HOST is a loopback address.',
    ),
  INTERNAL_SECRET: List.optional().describe(
    'Secrets of 32 characters and more that callers sign with, apart by commas, where INTERNAL_AUTH=hmac.',
  ),
  INTERNAL_TLS_CERT: z.string().optional().describe('Certificate of this service in PEM, where INTERNAL_AUTH=mtls.'),
  INTERNAL_TLS_KEY: z.string().optional().describe('Its private key in PEM.'),
  INTERNAL_CLIENT_CA: z.string().optional().describe("Certificates in PEM that callers' certificates are signed by."),
  INTERNAL_CLIENT_NAMES: List.default([]).describe(
    "Names of which a caller's certificate has to bear one, apart by commas; any where none is given.",
  ),
  OCR_COMPAT: z
    .enum(['on', 'off'])
    .default('off')
    .describe(
      "Whether calls made for CnOCR's server, LiteParse, RapidOCR API and PaddleX serving are answered; their callers cannot sign.",
    ),
  OCR_COMPAT_PORT: Port.optional().describe(
    'Port of those calls; without it they share PORT, where INTERNAL_AUTH=none.',
  ),
  OCR_COMPAT_TOKEN: z.string().optional().describe('Bearer token that those calls have to send.'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least level that is logged.'),
  ...TRACE_VARIABLES,
  ...RELOAD_VARIABLES,
});

const LEAST_SECRET = 32;

interface Rule {
  readonly holds: (config: Partial<z.infer<typeof Variables>>) => boolean;
  readonly path: string[];
  readonly message: string;
}

/** What has to hold between variables. */
const RULES: readonly Rule[] = [
  ...BLOB_RULES,
  {
    holds: ({ OCR_PAGES_AT_ONCE = 1, OCR_EXECUTION_PROVIDER }) =>
      OCR_PAGES_AT_ONCE === 1 || OCR_EXECUTION_PROVIDER !== 'cpu',
    path: ['OCR_PAGES_AT_ONCE'],
    message: 'must be 1 where OCR_EXECUTION_PROVIDER=cpu: there a reader keeps its core busy with one page',
  },
  {
    holds: ({ INTERNAL_AUTH, HOST }) => INTERNAL_AUTH !== 'none' || HOST === undefined || isLoopback(HOST),
    path: [],
    message: 'INTERNAL_AUTH=none is allowed only where HOST is a loopback address (127.0.0.1, ::1 or localhost)',
  },
  {
    holds: ({ INTERNAL_AUTH, INTERNAL_SECRET = [] }) =>
      INTERNAL_AUTH !== 'hmac' ||
      (INTERNAL_SECRET.length > 0 && INTERNAL_SECRET.every((secret) => secret.length >= LEAST_SECRET)),
    path: [],
    message: `INTERNAL_AUTH=hmac needs INTERNAL_SECRET (or INTERNAL_SECRET_FILE), each secret of ${LEAST_SECRET} characters or more`,
  },
  {
    holds: (config) =>
      config.INTERNAL_AUTH !== 'mtls' ||
      Boolean(config.INTERNAL_TLS_CERT && config.INTERNAL_TLS_KEY && config.INTERNAL_CLIENT_CA),
    path: [],
    message: 'INTERNAL_AUTH=mtls needs INTERNAL_TLS_CERT, INTERNAL_TLS_KEY and INTERNAL_CLIENT_CA (or their _FILE)',
  },
  {
    holds: ({ OCR_COMPAT, OCR_COMPAT_PORT, INTERNAL_AUTH }) =>
      OCR_COMPAT !== 'on' || OCR_COMPAT_PORT !== undefined || INTERNAL_AUTH === 'none',
    path: [],
    message: 'OCR_COMPAT=on needs OCR_COMPAT_PORT where INTERNAL_AUTH is not none: its callers cannot sign',
  },
];

/** Every variable the ocr service reads, and what has to hold between them; all that is wrong is told at once. */
export const OcrConfig = RULES.reduce(
  (schema, { holds, path, message }) => schema.refine(holds, { path, message, when: () => true }),
  Variables,
);
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

/** What is taken from a changed CONFIG_FILE, or on SIGHUP, without a restart. */
export const RELOADABLE = ['LOG_LEVEL', 'MASTER_KEY'] as const;

/** Throws ConfigError with every problem named. */
export function readOcrConfig(env: NodeJS.ProcessEnv): OcrConfig {
  return readReloadable({ schema: OcrConfig, env, reloadable: RELOADABLE });
}

/** The environment of a reader, but for the folder of its models: no secret is in it. Of S3 it gets a pass for each blob instead. */
export function readerEnvironment(config: OcrConfig, env: NodeJS.ProcessEnv): Record<string, string> {
  return {
    ...inferenceEnvironment(config, env),
    ...(config.BLOB_DIR === undefined ? {} : { BLOB_DIR: config.BLOB_DIR }),
  };
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

/** Pages that are read at a time, by all readers of this service. */
export function pagesAtOnce(config: OcrConfig): number {
  return config.OCR_READERS * config.OCR_PAGES_AT_ONCE;
}

export function maxRssBytes(config: OcrConfig): number {
  return config.READER_MAX_RSS_MIB * MIB;
}
