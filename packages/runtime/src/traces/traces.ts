import { newTraceContext, readTraceparent, type TraceContext, writeTraceparent } from './traceparent.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** `server` answers a request, `client` sends one, `consumer` works on what a queue brought; all else is `internal`. */
export type SpanKind = 'server' | 'client' | 'consumer' | 'internal';

export interface SpanStart {
  /** The `traceparent` of what it belongs to; a trace of its own without. */
  readonly parent?: string | undefined;
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
  /** Milliseconds since 1970; now unless given. */
  readonly at?: number;
}

export interface SpanEnd {
  /** A better name, where it was not known before. */
  readonly name?: string;
  readonly attributes?: SpanAttributes;
  /** A code of what went wrong, where it did; nothing of a document. */
  readonly failure?: string | undefined;
  readonly at?: number;
}

/** Something that takes time, as part of a trace. One that is never ended is never told. */
export interface Span {
  /** W3C `traceparent`, for what hangs below it, here or elsewhere. */
  readonly traceparent: string;
  readonly traceId: string;
  end(end?: SpanEnd): void;
}

/** Where spans go. Parents are handed on by whoever knows them: there is no current span, so nothing is paid to keep one. */
export interface Traces {
  /** Whether anybody is told; else spans only hand ids on. */
  readonly isOn: boolean;
  begin(name: string, start?: SpanStart): Span;
  /** Tells what is left, for as long as a process that stops may take. */
  close(): Promise<void>;
}

/** Tells nobody: a span is its parent's ids, or new ones, so that logs and receivers can join what belongs together all the same. */
export const UNTOLD: Traces = {
  isOn: false,
  begin: (_name, { parent } = {}) => new UntoldSpan(readTraceparent(parent) ?? newTraceContext()),
  close: async () => undefined,
};

/** A class, since each object literal with a getter in it has a shape of its own, which V8 keeps until all is collected. */
class UntoldSpan implements Span {
  readonly #context: TraceContext;

  constructor(context: TraceContext) {
    this.#context = context;
  }

  // Written when asked for, which few requests do.
  get traceparent(): string {
    return writeTraceparent(this.#context);
  }

  get traceId(): string {
    return this.#context.traceId;
  }

  end(): void {
    // Nobody is told.
  }
}

/** Milliseconds since 1970, finer than Date.now(), as spans want it. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The id of the trace that a `traceparent` names, for log lines. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return readTraceparent(traceparent)?.traceId;
}
