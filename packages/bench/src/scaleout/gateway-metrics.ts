import type { Gateway } from './installation.ts';

/** How late a gateway's event loop was since this was last asked, 99th percentile, in milliseconds. */
export async function loopDelayMs({ metricsUrl }: Gateway): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  const seconds = /^docusnap_event_loop_delay_p99_seconds (\S+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error('Expected the gateway to tell how late its event loop is');
  return Number(seconds) * 1_000;
}
