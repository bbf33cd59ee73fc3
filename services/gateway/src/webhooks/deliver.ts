import type { MasterKeys } from '@docusnap/blobs';
import { type AttemptEnd, type ClaimedEvent, type Database, finishEvent, releaseEvent } from '@docusnap/db';
import type { Logger, Span, Traces } from '@docusnap/runtime';
import type { Reach } from '../fetch/reach.ts';
import { eventBody } from './event-body.ts';
import type { WebhookMetrics } from './metrics.ts';
import { type Clock, nextAttempt, retryAfterOf } from './schedule.ts';
import { openTarget } from './secrets.ts';
import { type Said, send, silenceOf } from './send.ts';
import { signatureHeaders } from './sign.ts';

export interface DeliveryPorts extends Clock {
  /** As the role docusnap_worker. */
  readonly db: Database;
  readonly masterKeys: MasterKeys;
  /** `totalMs` of it, far below a lease, is what one attempt may take. */
  readonly reach: Reach;
  readonly log: Logger;
  readonly metrics: WebhookMetrics;
  readonly traces: Traces;
}

const GONE = 410;
/** Answers that speak of all that a receiver is sent, where they ask for patience. */
const PATIENCE: ReadonlySet<number> = new Set([429, 503]);

/** One attempt at delivering an event in hand. Never throws: what cannot be settled now, the lease's end settles. `stop`: it is handed back. */
export async function deliverEvent(ports: DeliveryPorts, event: ClaimedEvent, stop: AbortSignal): Promise<void> {
  const started = performance.now();
  const span = ports.traces.begin('webhook delivery', {
    parent: event.job?.options.trace_parent,
    kind: 'client',
    attributes: { 'docusnap.job': event.job?.id, 'docusnap.event': event.id, 'docusnap.attempt': event.attempt },
  });
  const named = { ...namesOf(event), trace_id: span.traceId };
  try {
    const heard = await attempt(ports, event, span, stop);
    if (heard === 'stopped') return await releaseEvent(ports.db, event);
    const end = judge(ports, event, heard, Math.round(performance.now() - started));
    span.end({
      attributes: { 'http.response.status_code': end.status ?? undefined },
      failure: end.outcome === 'delivered' ? undefined : (end.error ?? String(end.status)),
    });
    const disabled = await finishEvent(ports.db, event, end);
    ports.metrics.ended(end.outcome, (ports.now().getTime() - event.at.getTime()) / 1_000);
    const line = {
      ...named,
      outcome: end.outcome,
      status: end.status,
      reason: end.error,
      ms: end.milliseconds,
    };
    if (disabled) ports.log.warn({ ...line, disabled: end.disable }, 'a webhook was disabled');
    else ports.log.info(line, 'webhook event');
  } catch (err) {
    ports.log.warn({ ...named, err }, 'the event stays claimed until its lease ends');
  }
}

type Heard = Said | { readonly silence: string };

async function attempt(
  ports: DeliveryPorts,
  event: ClaimedEvent,
  { traceparent }: Span,
  stop: AbortSignal,
): Promise<Heard | 'stopped'> {
  try {
    const { url, secrets } = await openTarget(ports.masterKeys, event.target);
    const body = eventBody(event);
    const headers = { ...signatureHeaders({ id: event.id, at: ports.now(), body }, secrets), traceparent };
    return await send(
      ports.reach,
      { url, headers, body },
      AbortSignal.any([stop, AbortSignal.timeout(ports.reach.totalMs)]),
    );
  } catch (error) {
    return stop.aborted ? 'stopped' : { silence: silenceOf(error) };
  }
}

/** What an answer means: each 2xx is a receipt, 410 asks never to be sent anything again, everything else may be mended. */
function judge(ports: DeliveryPorts, event: ClaimedEvent, heard: Heard, milliseconds: number): AttemptEnd {
  const status = 'status' in heard ? heard.status : null;
  const said = { status, error: 'silence' in heard ? heard.silence : null, milliseconds };
  const none = { nextAt: null, holdUntil: null, disable: null };
  if (status !== null && status >= 200 && status < 300) return { ...said, ...none, outcome: 'delivered' };
  if (status === GONE) return { ...said, ...none, outcome: 'given_up', disable: 'gone' };
  const retryAt = 'status' in heard ? retryAfterOf(heard.retryAfter, ports.now()) : null;
  const nextAt = nextAttempt(event, ports, retryAt);
  if (nextAt === null) return { ...said, ...none, outcome: 'given_up', disable: 'failing' };
  // No longer than the event itself is tried: a receiver could hold up everything for good.
  const holds = retryAt && PATIENCE.has(status ?? 0);
  return {
    ...said,
    outcome: 'again',
    nextAt,
    holdUntil: holds ? new Date(Math.min(retryAt.getTime(), event.expiresAt.getTime())) : null,
    disable: null,
  };
}

function namesOf({ id, tenantId, webhookId, type, attempt: number, job }: ClaimedEvent) {
  return { event: id, job: job?.id, tenant: tenantId, webhook: webhookId, type, attempt: number };
}
