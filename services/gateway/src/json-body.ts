import express, { type Request, type Response } from 'express';

/**
 * The parsed JSON body of a request, at most `limit` bytes of it; null when there is none. Compressed bodies are refused: what they
 * unpack to cannot be told beforehand. Throws what express.json throws, which problem.ts knows how to tell.
 */
export function readJson(request: Request, response: Response, limit: number): Promise<unknown> {
  const parse = express.json({ limit, inflate: false, strict: false });
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => (error ? reject(error) : resolve(request.body ?? null)));
  });
}
