import type { Tensor } from './models.ts';

/**
 * Gives a tensor's memory back at once; nobody may hold another view of it. A line's tensors hold 3 MiB that the JavaScript heap does not show: left
 * to the collector, it ran a full collection for every 64 MiB of them, eight a page of letters. For a line of 48x640 that was 2.5 of 22 ms of
 * processor time.
 */
export function release({ data: { buffer } }: Tensor): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}
