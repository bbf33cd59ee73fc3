import { ERRORS, isErrorCode } from '@docusnap/contracts';
import { type Answer, LATE_MS, type Sent } from './send.ts';
import type { Shot } from './shots.ts';

/** Where the DocuSnap v1 protocol is spoken, which has answers of its own. */
const V1 = /^\/(api\/v1\/|check_status)/;
/** What a trace of our code looks like. */
const STACK = /\n\s+at |node_modules|\.ts:\d+|\/src\/|SELECT |ECONNREFUSED|Error: /;

/** What is wrong with an answer; null when nothing is. */
export function faultOf(shot: Pick<Shot, 'operation' | 'caller' | 'parts'>, sent: Sent, answer: Answer): string | null {
  const { status, headers, text } = answer;
  if (answer.ms >= LATE_MS) return 'no answer in time';
  // Node's own client takes nothing back from CONNECT; all else has to be answered.
  if (status === 0) return 'the connection was closed without an answer';
  if (status === 500 || (status > 500 && status !== 503)) return `answered ${status}`;
  if (status >= 400 && STACK.test(text)) return 'the answer shows the inside';
  const promised = shot.operation.promised[status] ?? ['x-request-id'];
  // What only the operation itself promises holds for its own method.
  const missing = promised.find((name) => headers[name] === undefined);
  if (missing !== undefined && sent.method === shot.operation.method) return `${status} without ${missing}`;
  if (headers['x-request-id'] === undefined) return 'the answer has no x-request-id';
  if (headers['x-content-type-options'] !== 'nosniff') return 'the answer lacks x-content-type-options';
  if (status >= 200 && status < 300) return isForeign(shot) ? 'another tenant was let in' : null;
  if (status < 400 || sent.method === 'HEAD' || V1.test(shot.operation.path)) return null;
  // It has its own words for what is missing; whether it should have been ready is counted elsewhere.
  if (shot.operation.path === '/readyz') return null;
  return problemFault(answer);
}

/** Whether a key of another tenant asked for something by an id of the first one's. */
function isForeign({ operation, caller, parts }: Pick<Shot, 'operation' | 'caller' | 'parts'>): boolean {
  return caller === 'other' && operation.path.includes('{id}') && parts.every((part) => 'live' in part);
}

function problemFault({ status, headers, text }: Answer): string | null {
  if (!String(headers['content-type']).startsWith('application/problem+json'))
    return `${status} without a problem document`;
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return `${status} with a problem document that is no JSON`;
  }
  const { code } = problem;
  if (typeof code !== 'string' || !isErrorCode(code)) return `${status} with the unknown code ${String(code)}`;
  const expected = ERRORS[code];
  if (expected.status !== status || problem.status !== status)
    return `${status} with the code ${code} of ${expected.status}`;
  if (problem.retryable !== expected.retryable) return `${code} contradicts its table on retryable`;
  if (problem.request_id !== headers['x-request-id']) return 'the problem has another request id than its answer';
  if (status === 429 && headers['retry-after'] === undefined) return '429 without Retry-After';
  return null;
}
