import type { Message, Question } from '@docusnap/extraction';
import type { OpenAI } from 'openai';
import type { Manner } from './manner.ts';

type Body = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

/** A question as the body of `POST /chat/completions`, in a server's manner. */
export function requestBody(model: string, question: Question, manner: Manner): Body {
  const { maxTokens, schema } = question;
  return {
    model,
    messages: messagesOf(question, manner),
    [manner.limit]: Math.min(maxTokens, manner.mostTokens),
    ...(manner.temperature ? { temperature: 0 } : {}),
    ...(manner.format === 'text' ? {} : { response_format: formatOf(manner.format, schema) }),
  };
}

function formatOf(
  format: 'json_schema' | 'json_object',
  schema: Question['schema'],
): NonNullable<Body['response_format']> {
  if (format === 'json_object') return { type: 'json_object' };
  return { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: { ...schema } } };
}

function messagesOf({ messages, pictures }: Question, { system }: Manner): Body['messages'] {
  const asked = system ? messages : withoutSystem(messages);
  const seeing = asked.findLastIndex(({ role }) => role === 'user');
  return asked.map(({ role, content }, at) =>
    role === 'user' && at === seeing && pictures.length > 0
      ? { role, content: [...picturesOf(pictures), text(content)] }
      : { role, content },
  );
}

function withoutSystem(messages: readonly Message[]): Message[] {
  const instructions = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const others = messages.filter(({ role }) => role !== 'system');
  return others.map((message, at) =>
    at === 0 ? { ...message, content: [...instructions, message.content].join('\n\n') } : message,
  );
}

function picturesOf(pictures: Question['pictures']): OpenAI.Chat.ChatCompletionContentPart[] {
  return pictures.flatMap(({ page, mediaType, bytes }) => [
    text(`Page ${page} as a picture:`),
    {
      type: 'image_url' as const,
      image_url: { url: `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}` },
    },
  ]);
}

function text(content: string): OpenAI.Chat.ChatCompletionContentPartText {
  return { type: 'text', text: content };
}
