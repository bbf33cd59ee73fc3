import { createCipheriv, randomBytes } from 'node:crypto';
import { UnderstandingRequest } from '@docusnap/contracts';
import { z } from 'zod';

/** A key of the client's own, under which what was understood leaves this thread: nobody else can read it then, we neither. */
export const ClientKey = z.object({
  alg: z.enum(['A256CBC', 'A256GCM']),
  /** 32 bytes, base64. */
  key: z.base64(),
  /** What is authenticated with it; of A256GCM only. */
  aad: z.string(),
});
export type ClientKey = z.infer<typeof ClientKey>;

/** What lies sealed with a job that is to be understood. */
export const SealedRequest = UnderstandingRequest.extend({ client_key: ClientKey.optional() });

/** Bytes. */
export const IV_BYTES = { A256CBC: 16, A256GCM: 12 } as const;
export const TAG_BYTES = 16;

/** IV, then the ciphertext, then for A256GCM the tag. Each time with a new IV. */
export function sealForClient({ alg, key, aad }: ClientKey, plain: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES[alg]);
  const secret = Buffer.from(key, 'base64');
  if (alg === 'A256CBC') {
    const cipher = createCipheriv('aes-256-cbc', secret, iv);
    return Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  }
  const cipher = createCipheriv('aes-256-gcm', secret, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(aad));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}
