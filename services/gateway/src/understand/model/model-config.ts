import { ConfigError } from '@docusnap/runtime';
import type { GatewayConfig } from '../../config.ts';
import type { ModelConfig } from './open-language-model.ts';

/** The language model that the environment names; null where it names none, and rules understand. */
export function modelConfigOf(config: GatewayConfig): ModelConfig {
  const { LLM_BASE_URL: baseUrl, LLM_MODEL: model } = config;
  if (baseUrl === undefined && model === undefined) return null;
  if (baseUrl === undefined || model === undefined) {
    throw new ConfigError('LLM_BASE_URL and LLM_MODEL belong together: set both, or neither and rules understand.');
  }
  return {
    baseUrl,
    model,
    apiKey: config.LLM_API_KEY ?? null,
    contextTokens: config.LLM_CONTEXT_TOKENS,
    timeoutSeconds: config.LLM_TIMEOUT_SECONDS,
    vision: config.LLM_VISION === 'on',
  };
}
