import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What a transform makes of a source. The failure of either ends the iteration; an iteration that is given up ends both. */
export async function* through(source: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  const fed = pipeline(Readable.from(source), transform);
  // Told by the iteration too; without this it would count as unhandled when the iteration is given up.
  fed.catch(() => undefined);
  try {
    yield* transform;
    await fed;
  } finally {
    transform.destroy();
  }
}
