/** What the command ends with. */
export const EXIT = {
  ok: 0,
  /** A file was not read, or not wholly; a check failed. */
  failed: 1,
  /** It was called in a way it does not know. */
  usage: 2,
  /** It does not know where DocuSnap is, or the key was refused. */
  configuration: 3,
  /** DocuSnap cannot be reached, or is too busy. */
  unreachable: 4,
  /** Ctrl-C: as shells have it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command was called in a way it does not know; the message is for the person who did. */
export class UsageError extends Error {}

/** What is missing in the configuration, and how to give it. */
export class ConfigurationError extends Error {}
