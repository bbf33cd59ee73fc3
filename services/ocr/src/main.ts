import { openChangeableKeys } from '@docusnap/blobs';
import { openLog, runService, startReloading } from '@docusnap/runtime';
import { OcrConfig, preparationEnvironment, RELOADABLE, readerEnvironment, readOcrConfig } from './config.ts';
import { openKeys } from './open.ts';
import { startStopwatch } from './reader/stopwatch.ts';
import { startOcr } from './start.ts';

runService(process, 'ocr', async (lifecycle) => {
  const watch = startStopwatch(0);
  watch.lap('imports');
  const config = readOcrConfig(process.env);
  const log = openLog({ service: 'ocr', level: config.LOG_LEVEL });
  lifecycle.useLog(log);
  const masterKeys = openChangeableKeys(await openKeys(config));
  watch.lap('configuration');
  await startOcr(config, {
    watch,
    lifecycle,
    log,
    masterKeys: masterKeys.keys,
    readerEnvironment: readerEnvironment(config, process.env),
    preparationEnvironment: preparationEnvironment(config, process.env),
    readerScript: new URL('./reader/main.ts', import.meta.url),
  });
  const reloading = startReloading({
    schema: OcrConfig,
    env: process.env,
    reloadable: RELOADABLE,
    config,
    host: process,
    log,
    prepare: async (next) => {
      const keys = await openKeys(next);
      return () => {
        masterKeys.change(keys);
        log.level = next.LOG_LEVEL;
      };
    },
  });
  lifecycle.onStop('reloading', () => reloading.stop());
});
