import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ERRORS, isErrorCode } from '@docusnap/contracts';
import type { Facts } from '../facts.ts';

/** What nginx answers with is written by hand: it has to say what the table of errors says. */
export async function compareProblems(root: string, facts: Facts): Promise<void> {
  const path = 'deploy/proxy/templates/problems.conf';
  const file = await readFile(join(root, path), 'utf8');
  const bodies = [...file.matchAll(/return (\d{3}) '(\{.*\})';/g)];
  facts.note(`${path}: has problem documents`, bodies.length > 5, bodies.length);
  for (const [, status, text] of bodies) {
    const body = JSON.parse(text ?? '') as {
      code: string;
      status: number;
      title: string;
      type: string;
      detail: string;
      retryable: boolean;
    };
    const known = isErrorCode(body.code) ? ERRORS[body.code] : undefined;
    const { code } = body;
    facts.note(`${path}: ${code} is in the table of errors`, known !== undefined);
    facts.note(
      `${path}: ${code} has the status and retryable of the table`,
      body.status === known?.status && Number(status) === known.status && body.retryable === known.retryable,
    );
    const same = code === 'too_many_requests' || body.detail === known?.message;
    facts.note(`${path}: ${code} has the words of the table`, same, body.detail);
    facts.note(
      `${path}: ${code} is named as the gateway names it`,
      body.type === `urn:docusnap:error:${code}` && body.title === code.replaceAll('_', ' '),
    );
  }
}
