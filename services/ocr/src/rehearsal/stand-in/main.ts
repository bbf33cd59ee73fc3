import { openLog, runService } from '@docusnap/runtime';
import { readerEnvironment, readOcrConfig } from '../../config.ts';
import { startOcr } from '../../start.ts';
import { PACE_VARIABLE } from './pace.ts';

/**
 * The ocr service as main.ts starts it, but with readers that decode and do not recognise, or, with
 * STAND_IN_READER=held, that are only held: for tests and measurements of what becomes of jobs.
 */
runService(process, 'ocr', async (lifecycle) => {
  const config = readOcrConfig(process.env);
  const log = openLog({ service: 'ocr', level: config.LOG_LEVEL });
  lifecycle.useLog(log);
  const pace = process.env[PACE_VARIABLE];
  await startOcr(config, {
    lifecycle,
    log,
    readerEnvironment: {
      ...readerEnvironment(config, process.env),
      ...(pace === undefined ? {} : { [PACE_VARIABLE]: pace }),
    },
    readerScript: new URL(
      process.env.STAND_IN_READER === 'held' ? './held/main.ts' : './reader/main.ts',
      import.meta.url,
    ),
  });
});
