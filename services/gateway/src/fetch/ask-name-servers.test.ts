import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { askNameServers } from './ask-name-servers.ts';

const A = 1;
const NO_SUCH_NAME = 3;

/** A name server that has one address of quick.example, no others, and nothing to say of silent.example. */
let server: Socket;
let servers: string[];
beforeAll(async () => {
  server = createSocket('udp4', (query, { port }) => {
    const answer = answerTo(query);
    if (answer) server.send(answer, port, '127.0.0.1');
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  servers = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
});
afterAll(() => void server.close());

/** RFC 1035, 4.1: the head of twelve bytes, the question, and perhaps one address. */
function answerTo(query: Buffer): Buffer | undefined {
  const end = query.indexOf(0, 12) + 1;
  const question = query.subarray(12, end + 4);
  const name = question.toString('latin1');
  if (name.includes('silent')) return undefined;
  const isKnown = name.includes('quick');
  const hasAddress = isKnown && query.readUInt16BE(end) === A;
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180 | (isKnown ? 0 : NO_SUCH_NAME), 2);
  head.writeUInt16BE(hasAddress ? 1 : 0, 6);
  head.writeUInt16BE(0, 10);
  const address = Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, 93, 184, 216, 34]);
  return Buffer.concat([head, question, ...(hasAddress ? [address] : [])]);
}

test('a name has the addresses that are found, though it has none of the other kind', async () => {
  expect(await askNameServers('quick.example', { servers })).toEqual(['93.184.216.34']);
});

test('that there is no such name is told as that', async () => {
  await expect(askNameServers('none.example', { servers })).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('names whose server is silent keep no other from being resolved, and are given up', async () => {
  const settled: string[] = [];
  const asking = (name: string): Promise<void> =>
    askNameServers(name, { servers, timeout: 300 }).then(
      () => void settled.push(name),
      ({ code }) => void settled.push(`${name}: ${code}`),
    );
  const silent = Array.from({ length: 8 }, (_, at) => asking(`${at}.silent.example`));
  await asking('quick.example');
  expect(settled).toEqual(['quick.example']);
  await Promise.all(silent);
  expect(settled).toContain('7.silent.example: ETIMEOUT');
});
