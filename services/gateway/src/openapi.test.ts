import { JobBody } from '@docusnap/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { routesOf } from './app.ts';
import { form, openTestGateway, type TestGateway } from './test-gateway.ts';
import { png } from './test-pictures.ts';

let gateway: TestGateway;
let document: {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; responses: object; security: unknown[]; parameters: { name: string }[] }>
  >;
  components: { schemas: Record<string, object> };
};
beforeAll(async () => {
  gateway = await openTestGateway();
  document = await (await gateway.call('/openapi.json', { key: null })).json();
});
afterAll(() => gateway.close());

test('the document is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toBe('3.1.0');
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

test('every route is in it, and nothing else', () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(documented.toSorted()).toEqual(
    routesOf(gateway.ports)
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  );
});

test('every reference leads somewhere, and operations have names of their own', () => {
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(document.components.schemas).toHaveProperty([name!]);
  }
  expect(text).not.toContain('$defs');
  expect(text).not.toContain(String(Number.MAX_SAFE_INTEGER));
  const names = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((one) => one.operationId),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('it says parameters, defaults, codes and keys as the server has them', () => {
  const submit = document.paths['/v1/jobs']!.post!;
  expect(submit.parameters).toMatchObject([
    { name: 'wait', in: 'query', schema: { type: 'integer', maximum: 60, default: 0 } },
    { name: 'X-Request-Id', in: 'header' },
    { name: 'Idempotency-Key', in: 'header' },
  ]);
  expect(JSON.stringify(submit.responses)).toContain('file_type_unsupported');
  expect(submit.security).toEqual([{ key: [] }]);
  expect(document.paths['/healthz']!.get!.security).toEqual([]);
  expect(document.components.schemas.SubmitInput).toMatchObject({ properties: { files: { type: 'array' }, task: {} } });
  expect(document.components.schemas.Job).toMatchObject({ properties: { status: { type: 'string' } } });
});

test('it says which headers calls read and answers carry, and those it promises are there', async () => {
  const { get: events } = document.paths['/v1/jobs/{id}/events']!;
  expect(events!.parameters.map(({ name }) => name)).toContain('Last-Event-ID');
  const body = form([png()]);
  const submitted = await gateway.call('/v1/jobs', { method: 'POST', body });
  const { id } = JobBody.parse(await submitted.json());
  const polled = await gateway.call(`/v1/jobs/${id}`);
  const refused = await gateway.call('/v1/jobs', { key: null });
  for (const [method, path, answer, least] of [
    ['post', '/v1/jobs', submitted, ['location', 'retry-after', 'x-request-id']],
    ['get', '/v1/jobs/{id}', polled, ['etag', 'retry-after', 'x-request-id']],
    ['get', '/v1/jobs', refused, ['www-authenticate', 'x-request-id']],
  ] as const) {
    const { responses } = document.paths[path]![method]! as { responses: Record<string, { headers: object }> };
    const declared = Object.keys(responses[answer.status]!.headers).map((name) => name.toLowerCase());
    expect(declared).toEqual(expect.arrayContaining([...least]));
    for (const name of least) expect(answer.headers.get(name)).not.toBeNull();
  }
});
