import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { describeConfig } from '../../packages/runtime/src/index.ts';
import { GatewayConfig } from '../../services/gateway/src/config.ts';
import { RELOADABLE as OF_GATEWAY } from '../../services/gateway/src/reload/reloadable.ts';
import { OcrConfig, RELOADABLE as OF_OCR } from '../../services/ocr/src/config.ts';

test.each([
  ['gateway', GatewayConfig, OF_GATEWAY],
  ['ocr', OcrConfig, OF_OCR],
] as const)(
  'the template of the %s sets only what can be changed while it runs, and defaults as they are',
  (name, schema, reloadable) => {
    const template = readFileSync(new URL(`./${name}.env.ctmpl`, import.meta.url), 'utf8');
    const set = [...template.matchAll(/^(?:\{\{.*?\}\})?([A-Z0-9_]+)=/gm)].map(([, variable]) => variable!);
    expect(set).toEqual(expect.arrayContaining(['LOG_LEVEL', 'MASTER_KEY']));
    expect(set.filter((variable) => !(reloadable as readonly string[]).includes(variable))).toEqual([]);
    const defaults = new Map(describeConfig(schema).map((variable) => [variable.name, variable.default]));
    for (const [, variable, value] of template.matchAll(/^([A-Z0-9_]+)=.*" "([^"]*)" \}\}$/gm)) {
      expect([variable, value]).toEqual([variable, defaults.get(variable!)]);
    }
  },
);
