import type { AddressInfo } from 'node:net';
import express from 'express';

/** The ceiling: a bare Express application that answers one constant, as JSON. The constant is the argument; its port is printed. */
const constant: unknown = JSON.parse(process.argv[2] ?? '{}');
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/v1/jobs/:id', (_request, response) => {
  response.json(constant);
});
const server = app.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
// At a steady rate most connections wait for many seconds.
server.keepAliveTimeout = 0;
