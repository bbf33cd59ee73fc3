const MIB = 1024 * 1024;

/** What v1 clients may take. Anyone may invent a client id, so it is counted by client, by address, and for all together. */
export interface V1Limits {
  /** Bytes of one body: a picture of 25 MiB is 45 MiB, in base64 within base64. */
  readonly bodyBytes: number;
  /** Bytes of bodies that are held at a time, of all and from one address. */
  readonly heldBytes: number;
  readonly heldBytesOfAddress: number;
  /** Tasks that work at a time. */
  readonly tasks: number;
  readonly tasksOfAddress: number;
  readonly tasksOfClient: number;
  /** Requests a second; for a moment there may be as many as in `burstSeconds`. */
  readonly requestsPerSecond: number;
  readonly requestsPerSecondOfAddress: number;
  readonly requestsPerSecondOfClient: number;
  readonly burstSeconds: number;
  /** Off where a proxy makes all clients come from one address. */
  readonly byAddress: boolean;
  /** Seconds for which an ended task is kept since it was last seen. */
  readonly keepSeconds: number;
  /** Seconds from the submit after which a task that has not ended has failed. */
  readonly timeoutSeconds: number;
}

/**
 * The protocol's own numbers, and others such that a client that polls for all its tasks twice a second, and a hundred that poll for one behind one
 * address, meet none.
 */
export const V1_LIMITS: V1Limits = {
  bodyBytes: 64 * MIB,
  heldBytes: 256 * MIB,
  heldBytesOfAddress: 128 * MIB,
  tasks: 200,
  tasksOfAddress: 50,
  tasksOfClient: 10,
  requestsPerSecond: 1_000,
  requestsPerSecondOfAddress: 200,
  requestsPerSecondOfClient: 25,
  burstSeconds: 4,
  byAddress: true,
  keepSeconds: 24 * 3_600,
  timeoutSeconds: 600,
};
