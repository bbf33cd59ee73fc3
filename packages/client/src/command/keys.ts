import type { Key } from '../generated/api.ts';
import { type Call, choiceOf, printJson, textOf } from './call.ts';
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';
import { tableLines } from './screen.ts';

const SCOPES = ['read', 'write', 'admin', 'operator'] as const;

/** `docusnap keys ...` */
export async function keys(call: Call): Promise<ExitCode> {
  const [act, ...named] = call.args;
  if (act === 'list') await list(call);
  else if (act === 'create') await create(call, named);
  else if (act === 'revoke') await revoke(call, named);
  else throw new UsageError(`Expected list, create or revoke${act === undefined ? '' : `, got "${act}"`}.`);
  return EXIT.ok;
}

async function list(call: Call): Promise<void> {
  const found = await call.connect().docusnap.keys.list({ signal: call.signal });
  if (call.given.json) return printJson(call, found);
  const rows = found.map((key) => [key.id, key.prefix, key.scopes.join(','), stateOf(key), key.name]);
  const lines = tableLines([['ID', 'BEGINS', 'SCOPES', 'STATE', 'NAME'], ...rows]);
  call.output.write(`${lines.map((line, index) => (index === 0 ? call.paint('bold', line) : line)).join('\n')}\n`);
}

function stateOf({ revoked_at: revoked, expires_at: expires, last_used_at: used }: Key): string {
  if (revoked !== null) return 'revoked';
  if (expires !== null && Date.parse(expires) < Date.now()) return 'expired';
  return used === null ? 'never used' : `used ${used.slice(0, 10)}`;
}

async function create(call: Call, [name, ...more]: readonly string[]): Promise<void> {
  if (name === undefined || more.length > 0) throw new UsageError('Give the key one name: docusnap keys create NAME');
  const asked = [call.given.scope ?? []].flat().flatMap((scope) => choiceOf('scope', String(scope), SCOPES) ?? []);
  const expires_at = textOf(call, 'expires');
  if (expires_at !== undefined && Number.isNaN(Date.parse(expires_at)))
    throw new UsageError(`Expected --expires to be a time such as 2027-01-31T00:00:00Z, got "${expires_at}".`);
  const body = { name, ...(asked.length > 0 && { scopes: asked }), ...(expires_at !== undefined && { expires_at }) };
  const key = await call.connect().docusnap.keys.create(body, { signal: call.signal });
  if (call.given.json) return printJson(call, key);
  // The key alone on the output, so that it can be piped to where it is kept.
  call.errors.write(`Key ${key.id} may ${key.scopes.join(', ')}. It is shown this once:\n`);
  call.output.write(`${key.key}\n`);
}

async function revoke(call: Call, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) throw new UsageError('Name the key by its id: docusnap keys revoke ID');
  const { docusnap } = call.connect();
  for (const id of ids) {
    await docusnap.keys.revoke(id, { signal: call.signal });
    if (call.given.json) printJson(call, { id, revoked: true });
    else call.output.write(`${id}: revoked.\n`);
  }
}
