import { openLog, runService } from '@docusnap/runtime';
import { readerEnvironment, readOcrConfig } from '../../config.ts';
import { startOcr } from '../../start.ts';

/** The ocr service as main.ts starts it, but with readers that decode and do not recognise: for tests of what becomes of jobs. */
runService(process, 'ocr', async (lifecycle) => {
  const config = readOcrConfig(process.env);
  const log = openLog({ service: 'ocr', level: config.LOG_LEVEL });
  lifecycle.useLog(log);
  await startOcr(config, {
    lifecycle,
    log,
    readerEnvironment: readerEnvironment(config, process.env),
    readerScript: new URL('./reader/main.ts', import.meta.url),
  });
});
