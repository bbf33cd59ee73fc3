import { openLog, runService } from '@docusnap/runtime';
import { preparationEnvironment, readerEnvironment, readOcrConfig } from './config.ts';
import { startOcr } from './start.ts';

runService(process, 'ocr', async (lifecycle) => {
  const config = readOcrConfig(process.env);
  const log = openLog({ service: 'ocr', level: config.LOG_LEVEL });
  lifecycle.useLog(log);
  await startOcr(config, {
    lifecycle,
    log,
    readerEnvironment: readerEnvironment(config, process.env),
    preparationEnvironment: preparationEnvironment(config, process.env),
    readerScript: new URL('./reader/main.ts', import.meta.url),
  });
});
