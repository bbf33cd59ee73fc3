/** A request to `/v1/chat/completions`, as the server got it. */
export interface ChatRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: ChatBody;
}

export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly strict?: boolean; readonly schema: JsonSchema };
  };
}

export interface ChatMessage {
  readonly role: string;
  readonly content:
    | string
    | readonly { readonly type: string; readonly text?: string; readonly image_url?: { readonly url: string } }[];
}

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: JsonSchema;
}

/** All text of a conversation. */
export function textOfChat({ messages }: ChatBody): string {
  return messages
    .map(({ content }) => (typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('\n')))
    .join('\n');
}

/** Tokens as the scripted models count them: four characters one, a Han character one of its own. */
export function tokensOfText(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han + Math.ceil((text.length - han) / 4);
}
