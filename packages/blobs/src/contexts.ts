/**
 * A context is what a sealed thing is: it is authenticated with the bytes, so that one page's text or one file's bytes cannot be put in
 * the place of another's. A blob's context is its key in the store.
 */

/** The context of a job's wrapped data key. */
export function jobContext(jobId: string): string {
  return `job:${jobId}`;
}

/** The context of a page's sealed PageText; `fileIndex` and `fileFrame` count from 0. */
export function pageContext(jobId: string, fileIndex: number, fileFrame: number): string {
  return `page:${jobId}:${fileIndex}:${fileFrame}`;
}

/** What the password of a job's PDFs is bound to where it lies sealed among the job's options. */
export function passwordContext(jobId: string): string {
  return `job/${jobId}/password`;
}

/** What a job is asked to understand. */
export function understandingRequestContext(jobId: string): string {
  return `job/${jobId}/understanding/request`;
}

/** What was understood of a job. */
export function understandingContext(jobId: string): string {
  return `job/${jobId}/understanding`;
}

/** A secret that an endpoint's events are signed with. */
export function webhookSecretContext(secretId: string): string {
  return `webhook-secret:${secretId}`;
}

/** The address and secret that a job names for its events. */
export function jobWebhookContext(jobId: string): string {
  return `job/${jobId}/webhook`;
}
