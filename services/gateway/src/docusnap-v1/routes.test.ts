import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { openV1Stage, type V1Gateway, type V1Stage } from './test-stage.ts';

let stage: V1Stage;
let gateway: V1Gateway;
beforeAll(async () => {
  stage = await openV1Stage();
  gateway = await stage.start();
});
afterAll(() => stage.close());

test('the calls of v1 stand in the OpenAPI document where they are answered, and need no key', async () => {
  const document = await (await fetch(`${gateway.url}/openapi.json`)).json();
  expect(await new Validator().validate(document)).toMatchObject({ valid: true });
  for (const [path, method] of [
    ['/api/v1/process', 'post'],
    ['/api/v1/clear', 'post'],
    ['/api/v1/check_status', 'get'],
    ['/check_status', 'get'],
    ['/api/v1/', 'get'],
    ['/v1/encryption-keys', 'get'],
  ] as const) {
    expect(document.paths[path][method].security).toEqual([]);
  }
  const without = await (await stage.base.call('/openapi.json')).json();
  expect(Object.keys(without.paths)).not.toContain('/api/v1/process');
});
