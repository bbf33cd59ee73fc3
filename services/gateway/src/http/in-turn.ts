import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Handlers as one: the router takes as long to come to each as most of them take. What one of them throws, or hands on as its error, ends them. */
export function inTurn(handlers: readonly RequestHandler[]): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    let at = 0;
    const go: NextFunction = (error?: unknown) => {
      const handler = error === undefined ? handlers[at] : undefined;
      at += 1;
      if (handler) handler(request, response, go);
      else next(error);
    };
    go();
  };
}
