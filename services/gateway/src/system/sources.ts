import { freeDisk } from '../pressure/disk.ts';
import type { ModelConfig } from '../understand/model/open-language-model.ts';

/** What `GET /v1/system` tells beside what the database knows. */
export interface SystemSources {
  readonly storage: 'disk' | 's3';
  /** Bytes free where files are stored; null where nobody can say. */
  freeBytes(): Promise<number | null>;
  /** Below so many, submits are refused. */
  readonly leastFreeBytes: number;
  /** Null where rules understand. */
  readonly llm: LlmSource | null;
}

export interface LlmSource {
  readonly model: string;
  /** Without path, key or query. */
  readonly host: string;
  /** Throws where it does not answer, or not to us. */
  check(): Promise<void>;
}

const CHECK_MS = 3_000;
/** For so long a check is not made anew: it goes over the network, perhaps to somebody who counts. */
const GOOD_MS = 30_000;
const REFUSED: readonly number[] = [401, 403];

/** @param blobFolder undefined where files are kept in S3 */
export function openSystemSources(
  blobFolder: string | undefined,
  model: ModelConfig,
  { leastFreeBytes }: { readonly leastFreeBytes: number },
): SystemSources {
  return {
    storage: blobFolder === undefined ? 's3' : 'disk',
    freeBytes: async () => (blobFolder === undefined ? null : freeDisk(blobFolder)),
    leastFreeBytes,
    llm: model === null ? null : llmSource(model),
  };
}

function llmSource({ baseUrl, model, apiKey }: NonNullable<ModelConfig>): LlmSource {
  let asked: { readonly at: number; readonly answer: Promise<void> } | undefined;
  const ask = async (): Promise<void> => {
    // A list of models costs nothing. Servers without one say 404, and are there.
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(CHECK_MS),
    });
    await response.body?.cancel();
    if (response.status >= 500 || REFUSED.includes(response.status)) {
      throw new Error(`The language model's server answered with status ${response.status}.`);
    }
  };
  return {
    model,
    host: new URL(baseUrl).host,
    check() {
      if (asked === undefined || performance.now() - asked.at > GOOD_MS) {
        asked = { at: performance.now(), answer: ask() };
        asked.answer.catch(() => undefined);
      }
      return asked.answer;
    },
  };
}
