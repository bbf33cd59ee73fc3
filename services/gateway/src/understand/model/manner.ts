/**
 * How a server wants to be asked, as far as OpenAI-compatible servers differ. Nothing of this is configured or known by name: a server that refuses
 * a request says what it does not take, and is asked again without that.
 */
export interface Manner {
  /** What holds the answer to its schema: the server, by the schema; the server, to any JSON object; nothing but the prompt. */
  readonly format: 'json_schema' | 'json_object' | 'text';
  /** OpenAI's newer models refuse the old name, most other servers do not know the new one. */
  readonly limit: 'max_tokens' | 'max_completion_tokens';
  /** Tokens that answers may have at most, where the server said so. */
  readonly mostTokens: number;
  /** Models that reason refuse to be told a temperature. */
  readonly temperature: boolean;
  /** Some chat templates have no system role; its text then stands before the user's. */
  readonly system: boolean;
}

/** What most servers take, and the best any offers. */
export const FIRST_MANNER: Manner = {
  format: 'json_schema',
  limit: 'max_tokens',
  mostTokens: Infinity,
  temperature: true,
  system: true,
};

/** A manner that a complaint leaves, and whether it is about the server or only about the schema of this one question. */
export interface Adapted {
  readonly manner: Manner;
  readonly lasts: boolean;
}

const UNSUPPORTED =
  /not support|unsupported|unknown|unrecogni|unavailable|must be|not allowed|not permitted|unexpected|extra input|不支持/i;
const OF_FORMAT = /response_format|json_schema|json_object|structured|guided|grammar|schema/i;

const OF_LIMIT = /max_(?:completion_)?tokens|completion tokens/i;
const MOST = /(?:at most|maximum(?: value| of| is)*|less than or equal to|<=)\D{0,20}(\d{2,7})/i;

/**
 * How to ask after a server complained; undefined where nothing is left to change.
 *
 * @param maxTokens that the refused request asked for
 */
export function adapt(
  manner: Manner,
  complaint: string,
  { maxTokens }: { readonly maxTokens: number },
): Adapted | undefined {
  if (OF_LIMIT.test(complaint)) {
    const most = Number(MOST.exec(complaint)?.[1] ?? Infinity);
    if (most < maxTokens) return lasting({ ...manner, mostTokens: most });
    if (manner.limit === 'max_tokens') return lasting({ ...manner, limit: 'max_completion_tokens' });
  }
  if (/temperature/i.test(complaint) && manner.temperature) return lasting({ ...manner, temperature: false });
  if (/system/i.test(complaint) && /role|message|template/i.test(complaint) && manner.system)
    return lasting({ ...manner, system: false });
  const lower = lowerFormat(manner);
  // A schema that a server cannot compile says nothing of the next one; nor does a complaint that says nothing known.
  if (lower) return { manner: lower, lasts: OF_FORMAT.test(complaint) && UNSUPPORTED.test(complaint) };
  if (manner.temperature) return lasting({ ...manner, temperature: false });
  return manner.system ? lasting({ ...manner, system: false }) : undefined;
}

function lowerFormat(manner: Manner): Manner | undefined {
  if (manner.format === 'json_schema') return { ...manner, format: 'json_object' };
  return manner.format === 'json_object' ? { ...manner, format: 'text' } : undefined;
}

function lasting(manner: Manner): Adapted {
  return { manner, lasts: true };
}
