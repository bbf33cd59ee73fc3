import { Problem } from '@docusnap/contracts';
import { answersIn, sendRaw } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { PACE } from './pace.ts';
import { openTestServer } from './test-server.ts';

let gateway: TestGateway;
let server: Awaited<ReturnType<typeof openTestServer>>;
beforeAll(async () => {
  gateway = await openTestGateway();
  server = await openTestServer(gateway, { pace: { bytes: 1_000, windowMs: 1_000, lookMs: 50 } });
});
afterAll(async () => {
  await server.close();
  await gateway.close();
});

const head = (length: number) =>
  `POST /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.key}\r\n` +
  `Content-Type: multipart/form-data; boundary=x\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';

test('an upload that trickles is told so and cut, and leaves nothing behind', async () => {
  const drops = Array.from({ length: 2_000 }, () => 'x');
  const pieces = [head(5_000) + part, png().subarray(0, 40), ...drops];
  // As slowly as that, all of them would take 100 s.
  const { text, closed } = await sendRaw(pieces, { port: server.port, pauseMs: 50, patienceMs: 100_000 });
  const [answer] = answersIn(text);
  expect(answer?.status).toBe(408);
  expect(Problem.parse(JSON.parse(answer!.body))).toMatchObject({ code: 'request_timeout', retryable: true });
  expect(closed).toBe(true);
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual({ rows: 0, blobs: 0 });
});

test('an upload that takes longer than a window but keeps its pace is taken in', async () => {
  const bytes = png({ bytes: 20_000 });
  const body = Buffer.concat([Buffer.from(part), bytes, Buffer.from('\r\n--x--\r\n')]);
  const pieces = Array.from({ length: 20 }, (_, index) =>
    body.subarray(index * 1_010, index === 19 ? undefined : (index + 1) * 1_010),
  );
  const { text } = await sendRaw([head(body.length), ...pieces], {
    port: server.port,
    pauseMs: 60,
    patienceMs: 100_000,
  });
  expect(answersIn(text)[0]?.status).toBe(202);
});

test('by default 4 KiB a second are enough', () => {
  expect(PACE.bytes / (PACE.windowMs / 1_000)).toBe(4 * 1024);
});
