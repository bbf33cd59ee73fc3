import { jsonrepair } from 'jsonrepair';
import type { Json } from './language-model.ts';

/** What models think aloud before they answer; the last tag may be missing at either end. */
const THOUGHTS = /<(think|thinking|reasoning)>[\s\S]*?<\/\1>/gi;
const CLOSED_ONLY = /^[\s\S]*<\/(?:think|thinking|reasoning)>/i;
const OPEN_ONLY = /<(?:think|thinking|reasoning)>[\s\S]*$/i;
/** As GLM-Z1 parts thoughts and answer. */
const HEADED = /^\s*###Thinking[\s\S]*###Response/;
const FENCE = /```[a-z]*\s*\n?([\s\S]*?)```/i;

/**
 * The JSON object of an answer: without thoughts, code fences and the words around it, mended where it is nearly JSON (quotes, commas, comments,
 * brackets). Undefined where it holds none.
 */
export function parseAnswer(text: string): Json | undefined {
  const said = text.replace(THOUGHTS, '').replace(CLOSED_ONLY, '').replace(OPEN_ONLY, '').replace(HEADED, '').trim();
  const fenced = FENCE.exec(said)?.[1]?.trim();
  for (const candidate of [said, ...(fenced === undefined ? [] : [fenced]), ...objectIn(said)]) {
    const parsed = parsedOrMended(candidate);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

/** From the first brace to the last one, or to the end. */
function objectIn(text: string): string[] {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  return from < 0 ? [] : [text.slice(from, to > from ? to + 1 : undefined)];
}

function parsedOrMended(text: string): Json | undefined {
  if (!text.startsWith('{')) return undefined;
  for (const mend of [(same: string) => same, jsonrepair]) {
    try {
      const value = JSON.parse(mend(text)) as Json;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    } catch {
      // Not JSON; the next way to read it may do.
    }
  }
  return undefined;
}
