import { isDocuSnapError } from '../../errors.ts';
import type { System } from '../../generated/api.ts';
import { type Call, printJson } from '../call.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Colour } from '../screen.ts';
import { VERSION } from '../version.ts';
import { type Finding, findings } from './findings.ts';

const MARKS: Readonly<Record<Finding['status'], readonly [Colour, string]>> = {
  ok: ['green', 'ok  '],
  warn: ['yellow', 'warn'],
  fail: ['red', 'FAIL'],
};

/** `docusnap doctor`: a line for each part, and what to do where one is not well. Ends with 1 where something fails. */
export async function doctor(call: Call): Promise<ExitCode> {
  const { docusnap, url } = call.connect();
  const found: Finding[] = [
    { part: 'address', status: 'ok', says: `${url} answers.` },
    ...(await look(docusnap, call.signal)),
  ];
  const failed = found.some(({ status }) => status === 'fail');
  if (call.given.json) printJson(call, { ok: !failed, findings: found });
  else call.output.write(`${found.flatMap((finding) => linesOf(call, finding)).join('\n')}\n`);
  return failed ? EXIT.failed : EXIT.ok;
}

async function look(
  docusnap: ReturnType<Call['connect']>['docusnap'],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  let system: System;
  try {
    system = await docusnap.system({ signal });
  } catch (error) {
    if (isDocuSnapError(error, 'database_unavailable'))
      return [{ part: 'database', status: 'fail', says: error.message, todo: DATABASE }];
    if (!isDocuSnapError(error, 'forbidden')) throw error;
    // Another key may at least use it.
    await docusnap.jobs.list({ limit: 1, signal }).page();
    return [{ part: 'key', status: 'warn', says: 'This key may use DocuSnap, but not look into it.', todo: OPERATOR }];
  }
  return findings(system, VERSION);
}

const DATABASE = 'Is PostgreSQL running, and is DATABASE_URL of the gateway its address? Its log names the reason.';
const OPERATOR = 'Ask with a key that has the scope operator, such as the one that npm start prints.';

function linesOf({ paint }: Call, { part, status, says, todo }: Finding): string[] {
  const [colour, mark] = MARKS[status];
  const line = `${paint(colour, mark)}  ${part.padEnd(PART)}  ${says}`;
  return todo === undefined ? [line] : [line, `${' '.repeat(MARK + PART)}    ${paint('dim', todo)}`];
}

/** Characters of the columns. */
const PART = 10;
const MARK = 4;
