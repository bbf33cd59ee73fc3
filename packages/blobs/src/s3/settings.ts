import { z } from 'zod';

const STORE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)\/?)?$/;
const SSE = /^(AES256|aws:kms(?::\S+)?)$/;

/** The variables that name a store: every process that reads or writes blobs spreads them into its own. */
export const BLOB_VARIABLES = {
  BLOB_DIR: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder of the stored files, shared by the gateway and the ocr services; BLOB_S3 instead keeps them in S3.',
    ),
  BLOB_S3: z
    .string()
    .regex(STORE, 'expected s3://BUCKET or s3://BUCKET/PREFIX')
    .optional()
    .describe('Bucket of the stored files, s3://BUCKET[/PREFIX], instead of BLOB_DIR.'),
  BLOB_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Address of a server that speaks S3's protocol; AWS's unless given."),
  BLOB_S3_REGION: z.string().default('us-east-1').describe('Region of the bucket.'),
  BLOB_S3_PATH_STYLE: z
    .enum(['on', 'off'])
    .optional()
    .describe(
      'Whether the bucket is named in the path instead of the host name; "on" where BLOB_S3_ENDPOINT is given.',
    ),
  BLOB_S3_ACCESS_KEY_ID: z
    .string()
    .optional()
    .describe(
      "Access key of the bucket; without it AWS's usual places are looked through (a role of the machine or pod).",
    ),
  BLOB_S3_SECRET_ACCESS_KEY: z.string().optional().describe('Secret of that access key.'),
  BLOB_S3_SSE: z
    .string()
    .regex(SSE, 'expected AES256, aws:kms or aws:kms:KEY')
    .optional()
    .describe('Encryption that the bucket adds to ours: AES256 (its own keys), aws:kms or aws:kms:KEY.'),
};

export const BlobSettings = z.object(BLOB_VARIABLES);
export type BlobSettings = z.infer<typeof BlobSettings>;

/** What is wrong with them together, as refinements of a process's configuration. */
export const BLOB_RULES: readonly {
  readonly holds: (settings: Partial<BlobSettings>) => boolean;
  readonly path: string[];
  readonly message: string;
}[] = [
  {
    holds: ({ BLOB_DIR, BLOB_S3 }) => Boolean(BLOB_DIR ?? BLOB_S3),
    path: ['BLOB_DIR'],
    message: 'it is needed, or BLOB_S3',
  },
  {
    holds: ({ BLOB_DIR, BLOB_S3 }) => !(BLOB_DIR && BLOB_S3),
    path: ['BLOB_S3'],
    message: 'BLOB_DIR is set too, and files lie in one place only',
  },
  {
    holds: (settings) => !settings.BLOB_S3_ACCESS_KEY_ID === !settings.BLOB_S3_SECRET_ACCESS_KEY,
    path: [],
    message: 'BLOB_S3_ACCESS_KEY_ID and BLOB_S3_SECRET_ACCESS_KEY are given both or neither',
  },
];

export interface S3Place {
  readonly bucket: string;
  /** Before each key; empty or ending in `/`. */
  readonly prefix: string;
}

/** The parts of `s3://BUCKET/PREFIX`. */
export function placeOf(address: string): S3Place {
  const [, bucket, prefix] = STORE.exec(address) ?? [];
  if (bucket === undefined) throw new RangeError(`not s3://BUCKET[/PREFIX]: ${address}`);
  return { bucket, prefix: prefix === undefined ? '' : `${prefix}/` };
}

export interface Encryption {
  readonly ServerSideEncryption?: 'AES256' | 'aws:kms';
  readonly SSEKMSKeyId?: string;
}

/** The fields of a request that stores an object. */
export function encryptionOf(sse: string | undefined): Encryption {
  if (sse === undefined) return {};
  if (sse === 'AES256') return { ServerSideEncryption: sse };
  const key = sse.slice('aws:kms:'.length);
  return { ServerSideEncryption: 'aws:kms', ...(key === '' ? {} : { SSEKMSKeyId: key }) };
}
