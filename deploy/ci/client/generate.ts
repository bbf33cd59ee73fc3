import { fileURLToPath } from 'node:url';
import { ERRORS } from '../../../packages/contracts/src/index.ts';
import { openApiDocument } from '../../../services/gateway/src/openapi.ts';
import { KEYED_ROUTES } from '../../../services/gateway/src/routes.ts';
import { apiTypes, type OpenApi } from './api-types.ts';
import { adviceModule, errorPage } from './error-page.ts';

const ROOM = fileURLToPath(new URL('../../../packages/client/', import.meta.url));

/** The files of this package that are made of what the gateway has, by their path. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const document = openApiDocument(KEYED_ROUTES, '1') as unknown as OpenApi;
  return new Map([
    [`${ROOM}src/generated/api.ts`, apiTypes(document)],
    [`${ROOM}src/generated/advice.ts`, adviceModule(ERRORS)],
    [`${ROOM}ERRORS.md`, errorPage(ERRORS)],
  ]);
}
