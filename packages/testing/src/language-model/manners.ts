import { type ChatRequest, type JsonSchema, textOfChat, tokensOfText } from './chat.ts';
import { fails, type Reply, responds, says } from './replies.ts';
import type { Script } from './server.ts';

/** What a model would say, as JSON, if it were asked as it wants to be. */
export type Mind = (request: ChatRequest, index: number) => object;

export interface MannerOptions {
  /** Tokens of question and answer together. */
  readonly contextTokens: number;
}

/** OpenAI's reasoning models: a key, the new name of the limit, no temperature, and schemas in the strict form only. */
export function likeOpenAi(mind: Mind, { contextTokens }: MannerOptions): Script {
  return (request, index) => {
    const { body } = request;
    const schema = body.response_format?.json_schema;
    if (!hasKey(request)) return fails(401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' });
    if (body.max_tokens !== undefined) {
      const message =
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
      return fails(400, { message, code: 'unsupported_parameter', param: 'max_tokens' });
    }
    if (body.temperature !== undefined && body.temperature !== 1) {
      const message =
        "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.";
      return fails(400, { message, code: 'unsupported_value', param: 'temperature' });
    }
    if (schema?.strict && !isStrict(schema.schema)) {
      const message =
        "Invalid schema for response_format 'answer': 'additionalProperties' is required to be supplied and to be false.";
      return fails(400, { message, code: 'invalid_json_schema', param: 'response_format' });
    }
    if (asked(request, body.max_completion_tokens) > contextTokens) {
      const message = `This model's maximum context length is ${contextTokens} tokens.`;
      return fails(400, { message, code: 'context_length_exceeded', param: 'messages' });
    }
    return says(mind(request, index));
  };
}

/** Claude at its OpenAI-compatible address: a key, response_format taken and not heeded, and an answer with words around it. */
export function likeClaude(mind: Mind, { contextTokens }: MannerOptions): Script {
  return (request, index) => {
    if (!hasKey(request)) return fails(401, { message: 'x-api-key header is required', type: 'authentication_error' });
    const tokens = asked(request, 0);
    if (tokens > contextTokens)
      return fails(400, { message: `prompt is too long: ${tokens} tokens > ${contextTokens} maximum` });
    return says(
      `Here is what the document says:\n\n\`\`\`json\n${JSON.stringify(mind(request, index), null, 2)}\n\`\`\`\n\nTell me if you need more.`,
    );
  };
}

/** Zhipu's GLM: a key, JSON objects but no schemas, errors by number and in Chinese. */
export function likeZhipu(mind: Mind, { contextTokens }: MannerOptions): Script {
  return (request, index) => {
    const { response_format: format } = request.body;
    if (!hasKey(request)) return responds(401, { error: { code: '1000', message: '身份验证失败。' } });
    if (format !== undefined && format.type !== 'json_object' && format.type !== 'text') {
      return responds(400, { error: { code: '1210', message: 'API 调用参数有误，请检查文档。' } });
    }
    if (asked(request, request.body.max_tokens) > contextTokens)
      return responds(400, { error: { code: '1261', message: 'Prompt 超长' } });
    return says(mind(request, index));
  };
}

/** vLLM with a model that thinks aloud: no key, schemas, errors at the top of the body. */
export function likeVllm(mind: Mind, { contextTokens }: MannerOptions): Script {
  return (request, index) => {
    const [prompt, all] = [asked(request, 0), asked(request, request.body.max_tokens)];
    if (all > contextTokens) {
      const message = `This model's maximum context length is ${contextTokens} tokens. However, you requested ${all} tokens (${prompt} in the messages, ${all - prompt} in the completion). Please reduce the length of the messages or completion.`;
      return responds(400, { object: 'error', message, type: 'BadRequestError', param: null, code: 400 });
    }
    return says(
      `<think>\nThe user wants {"some": JSON}. Let me see.\n</think>\n\n${JSON.stringify(mind(request, index))}`,
    );
  };
}

/** llama.cpp: no key, schemas that become grammars, a kind of error of its own. */
export function likeLlamaCpp(mind: Mind, { contextTokens }: MannerOptions): Script {
  return (request, index) => {
    const tokens = asked(request, 0);
    if (tokens > contextTokens) {
      const message = 'the request exceeds the available context size, try increasing it';
      return responds(400, {
        error: { code: 400, message, type: 'exceed_context_size_error', n_prompt_tokens: tokens, n_ctx: contextTokens },
      });
    }
    return says(mind(request, index));
  };
}

/** Ollama: no key, schemas, and questions longer than its context cut without a word, but for the tokens that it counts. */
export function likeOllama(mind: Mind, { contextTokens }: MannerOptions): Script {
  return (request, index) => ({
    ...(says(mind(request, index)) as Extract<Reply, { kind: 'answer' }>),
    promptTokens: Math.min(contextTokens, asked(request, 0)),
  });
}

/** LM Studio: no key, schemas but no other JSON, errors as strings. */
export function likeLmStudio(mind: Mind): Script {
  return (request, index) => {
    if (request.body.response_format?.type === 'json_object')
      return responds(400, { error: "'response_format.type' must be 'json_schema' or 'text'" });
    return says(mind(request, index));
  };
}

function hasKey({ headers }: ChatRequest): boolean {
  return /^Bearer (?!none$).+/.test(headers.authorization ?? '');
}

function asked({ body }: ChatRequest, answerTokens = 0): number {
  return tokensOfText(textOfChat(body)) + answerTokens;
}

/** Every object closed, every property required. */
function isStrict({ type, properties, required = [], additionalProperties, items }: JsonSchema): boolean {
  if (items !== undefined) return isStrict(items);
  if (type !== 'object') return true;
  const names = Object.keys(properties ?? {});
  return (
    additionalProperties === false &&
    names.every((name) => required.includes(name)) &&
    Object.values(properties ?? {}).every(isStrict)
  );
}
