import type { BlobStore, MasterKeys } from '@docusnap/blobs';
import type { Database, Replica } from '@docusnap/db';
import type { Queue } from '@docusnap/queue';
import type { Logger, Traces } from '@docusnap/runtime';
import type { AuditTrail } from './audit/trail.ts';
import type { SignInAttempts } from './console/attempts.ts';
import type { BuiltFiles } from './console/files.ts';
import type { DocuSnapV1 } from './docusnap-v1/docusnap-v1.ts';
import type { FetchPolicy } from './fetch/policy.ts';
import type { Reach } from './fetch/reach.ts';
import type { Tokens } from './identity/tokens.ts';
import type { Overlays } from './jobs/overlay/overlays.ts';
import type { RequestLimits } from './keys/request-limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Pressure } from './pressure/pressure.ts';
import type { Running } from './running.ts';
import type { IntakeLimits } from './submit/intake.ts';
import type { SystemSources } from './system/sources.ts';
import type { Wake } from './wake.ts';

export interface Limits extends IntakeLimits {
  /** Bytes of a JSON submit: its files in base64 and what is around them. Held in memory, so it is far below `documentBytes`. */
  readonly jsonBytes: number;
}

/** Everything a request may need, opened and closed by main.ts. */
export interface Ports {
  /** As the role docusnap_api. */
  readonly db: Database;
  /** For lists, and for what does not change any more; undefined where there is none. */
  readonly replica?: Replica | undefined;
  /** As the role docusnap_worker, for what operators ask: it sees all tenants. */
  readonly operatorDb: Database;
  /** Undefined where no identity provider is configured: then API keys are the only way in. */
  readonly tokens: Tokens | undefined;
  readonly requestLimits: RequestLimits;
  readonly audit: AuditTrail;
  readonly blobs: BlobStore;
  readonly queue: Queue;
  readonly masterKeys: MasterKeys;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly traces: Traces;
  readonly limits: Limits;
  readonly wake: Wake;
  /** How files are fetched by their address; undefined where they are not. */
  readonly reach: Reach | undefined;
  /** Which hosts events may be sent to. */
  readonly fetchPolicy: FetchPolicy;
  /** Sets of models that a job may ask for; where nobody said which there are, the readers find out. */
  readonly modelSets: readonly string[] | undefined;
  /** Between signs of life on an event stream, in milliseconds: proxies and browsers give a silent connection up after a minute or less. */
  readonly heartbeatMs: number;
  /** Aborted when the process stops: what is held answers with what is known, and ends. */
  readonly stopping: AbortSignal;
  /** What is under way: requests, and what goes on behind their answers. To be waited for before anything here is closed. */
  readonly running: Running;
  /** Refuses what cannot be held. */
  readonly pressure: Pressure;
  /** Adds text layers to PDFs, away from this thread. */
  readonly overlays: Overlays;
  /** Undefined where the DocuSnap v1 protocol is not spoken. */
  readonly docuSnapV1: DocuSnapV1 | undefined;
  /** What operators are told of this installation beside what the database knows. */
  readonly system: SystemSources;
  readonly signIns: SignInAttempts;
  /** The built console; undefined where it is not served. */
  readonly console: BuiltFiles | undefined;
}
