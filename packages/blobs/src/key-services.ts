import { spawn } from 'node:child_process';
import { z } from 'zod';
import { type KeyPart, keyOf, MasterKeyError, type MasterKeys, masterKeysOf, readKeyParts } from './master-keys.ts';

/** Milliseconds until a key service has answered. */
const PATIENCE_MS = 10_000;

/** What opens wrapped master keys: the variables, as a process reads them. */
export const KEY_SERVICE_VARIABLES = {
  MASTER_KEY_COMMAND: z
    .string()
    .optional()
    .describe(
      'Shell command that opens a master key given as id:command:BASE64: wrapped bytes in, 32 bytes (or their base64) out.',
    ),
  VAULT_ADDR: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Address of Vault, for master keys given as id:vault:MOUNT/NAME:vault:v1:..., which its transit engine wrapped.',
    ),
  VAULT_TOKEN: z.string().optional().describe('Token that may decrypt with those keys; needed once, at the start.'),
  VAULT_NAMESPACE: z.string().optional().describe("Vault's namespace, where it has several."),
};

export interface KeyServices {
  readonly MASTER_KEY_COMMAND?: string | undefined;
  readonly VAULT_ADDR?: string | undefined;
  readonly VAULT_TOKEN?: string | undefined;
  readonly VAULT_NAMESPACE?: string | undefined;
}

/**
 * The keys of MASTER_KEY, those that are wrapped opened by their key service: once, so that wrapping and opening data keys afterwards asks nobody.
 * Throws MasterKeyError.
 */
export async function openMasterKeys(text: string, services: KeyServices): Promise<MasterKeys> {
  const keys = await Promise.all(
    readKeyParts(text).map(async (part) => ({ id: part.id, key: await openPart(part, services) })),
  );
  return masterKeysOf(keys);
}

async function openPart(part: KeyPart, services: KeyServices) {
  if ('key' in part) return part.key;
  const fail = (why: string): never => {
    throw new MasterKeyError(`the master key "${part.id}" could not be opened: ${why}`);
  };
  const bytes =
    'vault' in part ? await askVault(part.vault, services, fail) : await askCommand(part.command, services, fail);
  return keyOf(part.id, bytes);
}

type Fail = (why: string) => never;

/** Vault's transit engine: POST /v1/MOUNT/decrypt/NAME. */
async function askVault(
  { mount, name, ciphertext }: { mount: string; name: string; ciphertext: string },
  { VAULT_ADDR: address, VAULT_TOKEN: token, VAULT_NAMESPACE: namespace }: KeyServices,
  fail: Fail,
): Promise<Buffer> {
  if (!address || !token)
    return fail('Vault wrapped it, so VAULT_ADDR and VAULT_TOKEN (or VAULT_TOKEN_FILE) are needed');
  const url = `${address.replace(/\/+$/, '')}/v1/${mount}/decrypt/${name}`;
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-vault-request': 'true',
        'x-vault-token': token,
        ...(namespace ? { 'x-vault-namespace': namespace } : {}),
      },
      body: JSON.stringify({ ciphertext }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    answer = await response.json().catch(() => null);
  } catch (error) {
    return fail(`Vault at ${url} does not answer (${reasonOf(error)})`);
  }
  if (!response.ok) return fail(`Vault at ${url} refused it with ${response.status}${errorsOf(answer)}`);
  const { success, data } = Decrypted.safeParse(answer);
  if (!success) return fail(`what ${url} answered is not Vault's`);
  return Buffer.from(data.data.plaintext, 'base64');
}

const Decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });
const Refused = z.object({ errors: z.array(z.string()) });

/** Vault says in words what is wrong: "permission denied", "Vault is sealed". */
function errorsOf(answer: unknown): string {
  const { data } = Refused.safeParse(answer);
  return data && data.errors.length > 0 ? ` (${data.errors.join('; ').replaceAll(/\s+/g, ' ').slice(0, 200)})` : '';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Any key service that has a command line: AWS KMS, Google Cloud KMS, a smart card. What the command says on its standard error is told. */
async function askCommand(
  { ciphertext }: { ciphertext: Buffer },
  { MASTER_KEY_COMMAND: command }: KeyServices,
  fail: Fail,
): Promise<Buffer> {
  if (!command) return fail('MASTER_KEY_COMMAND, which is to open it, is not set');
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  const said: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (bytes: Buffer) => said.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString()).slice(-500);
  });
  // A command that reads nothing closes the pipe; how it ends is told below.
  child.stdin.on('error', () => undefined);
  child.stdin.end(ciphertext);
  const how = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : signal ? `it did not end within ${PATIENCE_MS / 1_000} s` : `it ended with ${code}`),
    );
  });
  if (how !== null) return fail(`MASTER_KEY_COMMAND failed: ${[how, complaint.trim()].filter(Boolean).join('; ')}`);
  const out = Buffer.concat(said);
  return out.length === 32 ? out : Buffer.from(out.toString().trim(), 'base64');
}
