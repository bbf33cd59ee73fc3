import pg from 'pg';

/** What pg itself says of it: see UNAVAILABLE_WORDS. */
const LATE = 'Query read timeout';

type Answer = (error: Error | undefined, result?: unknown) => void;
/** As pg takes it: a text, a configuration, or something that sends itself. */
type Statement = string | pg.QueryConfig | pg.Submittable;

/**
 * A kind of connection whose statements fail once they have had no answer for so many milliseconds. What comes after that reaches nobody: whoever has the
 * connection gives it up.
 *
 * It stands for pg's `query_timeout`, and for the promises of its clients. With either, V8's collections of the young generation found every statement since
 * the last one still reachable, with its values, its rows and the promises of all who waited for it, until everything was collected: of each poll that a gateway
 * answered 1.0 KB moved to the old generation, .2 since. Closures made outside of pg's own function are not kept so; why those within are was not found.
 */
export function clientsThatWait(ms: number): typeof pg.Client {
  class TimedClient extends pg.Client {
    // The overloads of pg's declaration say what comes with what.
    override query(statement: Statement, values?: unknown, callback?: unknown): never {
      return ask((...args) => (super.query as Send)(...args), statement, values, callback) as never;
    }
  }

  function ask(send: Send, statement: Statement, values: unknown, callback: unknown): unknown {
    // The one kind that has no limit here: nobody sends one.
    if (typeof statement === 'object' && 'submit' in statement) return send(statement, values, callback);
    if (typeof values === 'function') return sendWithin(send, statement, undefined, values as Answer);
    if (callback) return sendWithin(send, statement, values as unknown[], callback as Answer);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    sendWithin(send, statement, values as unknown[], (error, result) => (error ? reject(error) : resolve(result)));
    return promise.catch((error: Error) => {
      // It was made where the answer came in, which tells nobody who asked.
      Error.captureStackTrace(error);
      throw error;
    });
  }

  function sendWithin(
    send: Send,
    statement: string | pg.QueryConfig,
    values: unknown[] | undefined,
    callback: Answer,
  ): void {
    let isOver = false;
    const end: Answer = (error, result) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      callback(error, result);
    };
    const timer = setTimeout(() => end(new Error(LATE)), ms);
    send(statement, values, end);
  }

  return TimedClient as typeof pg.Client;
}

type Send = (statement: Statement, values: unknown, callback: unknown) => unknown;
