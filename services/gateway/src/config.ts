import { BLOB_RULES, BLOB_VARIABLES, KEY_SERVICE_VARIABLES, MasterKeyError, readKeyParts } from '@docusnap/blobs';
import { LIMITS, ModelSetName } from '@docusnap/contracts';
import { LOG_LEVELS, RELOAD_VARIABLES, TRACE_VARIABLES } from '@docusnap/runtime';
import { z } from 'zod';
import { EncryptionKeyError, type EncryptionKeys, parseEncryptionKeys } from './docusnap-v1/keys.ts';
import { V1_LIMITS } from './docusnap-v1/limits.ts';
import { FetchRuleError, parseAllow, parseDeny } from './fetch/policy.ts';
import { isOrigin } from './http/answer-headers.ts';
import { isNetwork } from './http/client-address.ts';
import { isConfidential } from './identity/identity-config.ts';
import { PRESSURE_LIMITS } from './pressure/pressure.ts';

const Port = z.coerce.number().int().min(0).max(65_535);
const Bytes = z.coerce.number().int().positive();
const GIB = 1024 ** 3;

/** Wrapped ones are opened later, by openKeys: that may take a service. */
function checkMasterKeys(text: string, context: z.core.$RefinementCtx<string>): void {
  try {
    readKeyParts(text);
  } catch (error) {
    if (!(error instanceof MasterKeyError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
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

/** A list of hosts, read by `parse`. */
const hostList = <Rule>(parse: (text: string) => Rule[]) =>
  z
    .string()
    .optional()
    .transform((text = '', context): Rule[] => {
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof FetchRuleError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    });

/** Names apart by commas. */
const List = z
  .string()
  .optional()
  .transform((text = '') => text.split(',').map((one) => one.trim()))
  .transform((names) => names.filter((name) => name !== ''));

const Variables = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address the API and the metrics listen on.'),
  PORT: Port.default(8000).describe('Port of the API.'),
  METRICS_PORT: Port.default(9464).describe('Port of /metrics.'),
  DATABASE_URL: z.string().describe('PostgreSQL as docusnap_api; may be pgBouncer in transaction mode.'),
  DATABASE_DIRECT_URL: z
    .string()
    .optional()
    .describe('PostgreSQL itself as docusnap_api, for notifications; DATABASE_URL unless given.'),
  DATABASE_REPLICA_URL: z
    .string()
    .optional()
    .describe(
      'A streaming replica of it as docusnap_api: lists and results of ended jobs are read there while it is up to date.',
    ),
  REPLICA_MAX_LAG_SECONDS: z.coerce
    .number()
    .positive()
    .max(3_600)
    .default(5)
    .describe('How far behind the replica may be, in seconds; beyond, and while it is away, the primary is read.'),
  DATABASE_WORKER_URL: z.string().describe('PostgreSQL as docusnap_worker, for the sweep and the counts of units.'),
  REDIS_URL: z
    .string()
    .optional()
    .describe(
      'Redis for the queue, also redis+sentinel:// or redis+cluster://; without it the queue is in PostgreSQL.',
    ),
  ...BLOB_VARIABLES,
  MASTER_KEY: z
    .string()
    .superRefine(checkMasterKeys)
    .describe('Keys that wrap the keys of jobs, "id:base64[,id:base64...]": the first wraps, all unwrap.'),
  ...KEY_SERVICE_VARIABLES,
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
  MAX_WAITING_UNITS: Bytes.default(1_000_000).describe(
    'Files to open and pages to read that may wait at a time, of all tenants; the last gateway that started says it for all.',
  ),
  MAX_WAITING_BYTES: Bytes.default(100 * GIB).describe(
    'Bytes of the files of jobs that have not ended, of all tenants.',
  ),
  TENANT_WAITING_UNITS: Bytes.default(500_000).describe(
    'As MAX_WAITING_UNITS, of one tenant that has no limit of its own.',
  ),
  TENANT_WAITING_BYTES: Bytes.default(50 * GIB).describe(
    'As MAX_WAITING_BYTES, of one tenant that has no limit of its own.',
  ),
  UPLOAD_BYTES_AT_ONCE: Bytes.default(PRESSURE_LIMITS.uploadBytes).describe(
    'Bytes of forms that this process receives at a time, as announced, half of them of one tenant; a form without a length counts as 64 MiB.',
  ),
  JSON_BYTES_AT_ONCE: Bytes.default(PRESSURE_LIMITS.jsonBytes).describe(
    'Bytes of JSON bodies that this process receives at a time, half of them of one tenant; they take up to four times as much memory.',
  ),
  MIN_FREE_MEMORY_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(PRESSURE_LIMITS.freeMemoryBytes)
    .describe('Bytes of memory of the container or machine that are left free: below, bodies over 64 KiB are refused.'),
  MIN_FREE_DISK_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(PRESSURE_LIMITS.freeDiskBytes)
    .describe('Bytes of the disk of BLOB_DIR that are left free: below, submits are refused.'),
  URL_INPUT: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether files may be given by their https address, on public hosts only; "off" where nothing may be fetched.',
    ),
  FETCH_PUBLIC: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether public hosts are reached, for files by address and for webhooks: https, port 443. "off": only FETCH_ALLOW.',
    ),
  FETCH_ALLOW: hostList(parseAllow).describe(
    'What else is reached, private addresses too, apart by commas: `[http://]HOST[:PORT]`; HOST is a name, `.suffix`, address or CIDR, IPv6 in brackets.',
  ),
  FETCH_DENY: hostList(parseDeny).describe(
    'What is never reached: names, `.suffixes`, addresses and CIDRs, at all ports.',
  ),
  WEBHOOK_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_024)
    .default(64)
    .describe('Webhook events this process delivers at a time; 0 where others do it.'),
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
  LLM_VISION: z
    .enum(['on', 'off'])
    .default('off')
    .describe('Whether the language model takes pictures: jobs with options.vision then show it their pages.'),
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
  CONSOLE: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether the console is served at /, and the API reference at /docs.'),
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
  TRUSTED_PROXIES: List.refine((networks) => networks.every(isNetwork), {
    error: 'has to name networks apart by commas: addresses, CIDRs, loopback, linklocal or uniquelocal.',
  }).describe(
    'Networks of proxies whose X-Forwarded-For and -Proto are believed, apart by commas: CIDRs, loopback, linklocal, uniquelocal.',
  ),
  CORS_ORIGINS: List.refine((origins) => origins.every(isOrigin), {
    error: 'has to name origins apart by commas, such as https://app.example, or be *.',
  }).describe('Origins whose pages may call the API, apart by commas; "*" for any. Keys are taken in headers only.'),
  RETENTION_DAYS: z.coerce
    .number()
    .positive()
    .max(36_500)
    .default(7)
    .describe(
      'Days that jobs are kept after their end, unless they or their tenant say otherwise; then they are erased.',
    ),
  JWT_ISSUER: z
    .string()
    .optional()
    .describe(
      '`iss` of an identity provider whose tokens are taken instead of API keys; with JWT_AUDIENCE and JWT_JWKS_URL.',
    ),
  JWT_AUDIENCE: z.string().optional().describe('`aud` that its tokens have to hold.'),
  JWT_JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isConfidential, { error: 'has to be https; http is for addresses of this machine only.' })
    .optional()
    .describe('Where its public keys are, as a JWK set: https, or http on this machine.'),
  JWT_TENANT_CLAIM: z.string().min(1).default('tenant').describe('Claim that holds the id of the tenant.'),
  JWT_SCOPES_CLAIM: z
    .string()
    .min(1)
    .default('scope')
    .describe('Claim that holds read, write and admin as far as they are granted: a list, or a text with spaces.'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least level that is logged.'),
  ...TRACE_VARIABLES,
  ...RELOAD_VARIABLES,
});

/** The gateway's configuration; the fields are the names of environment variables. All that is wrong is told at once. */
export const GatewayConfig = BLOB_RULES.reduce(
  (schema, { holds, path, message }) => schema.refine(holds, { path, message, when: () => true }),
  Variables,
);
export type GatewayConfig = z.output<typeof GatewayConfig>;
