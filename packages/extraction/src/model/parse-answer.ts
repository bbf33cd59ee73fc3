import { jsonrepair } from 'jsonrepair';
import type { Json, JsonObject } from './language-model.ts';

/** What models think aloud before they answer. */
const THOUGHTS = /^(?:\s*<(think|thinking|reasoning)>[\s\S]*?<\/\1>)+/i;
const OPEN_ONLY = /^\s*<(?:think|thinking|reasoning)>[\s\S]*$/i;
/** Thoughts whose beginning a server left out. */
const CLOSED_ONLY = /^[\s\S]*<\/(?:think|thinking|reasoning)>/i;
/** As GLM-Z1 parts thoughts and answer. */
const HEADED = /^\s*###Thinking[\s\S]*?###Response/;

/**
 * The JSON object of an answer: without thoughts, code fences and the words around it, mended where it is nearly JSON (quotes, commas, comments,
 * brackets). Undefined where it holds none. What the strings of an object hold is never taken for any of these.
 */
export function parseAnswer(text: string): Json | undefined {
  const whole = parsed(text.trim());
  if (whole !== undefined) return whole;
  const said = text.replace(THOUGHTS, '').replace(OPEN_ONLY, '').replace(HEADED, '');
  const ways = [objectsIn(said), objectsIn(said.replace(CLOSED_ONLY, ''))];
  for (const objects of ways) {
    const answers = objects.map(parsed).filter((object) => object !== undefined);
    const answer = answers.findLast((object) => Object.keys(object).length > 0) ?? answers.at(-1);
    if (answer !== undefined) return answer;
  }
  const mendable = ways.toReversed().flatMap((objects) => objects.toSorted((a, b) => b.length - a.length));
  for (const object of mendable) {
    const mended = parsedAfterMending(object);
    if (mended !== undefined) return mended;
  }
  return undefined;
}

/** The parts of a text in braces that match outside of strings, in order; the last to the end where its brace is missing. */
function objectsIn(text: string): string[] {
  const objects: string[] = [];
  let [start, depth, isString] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isString && character === '\\') at += 1;
    else if (depth > 0 && character === '"') isString = !isString;
    else if (character === '{' && !isString) {
      if (depth === 0) start = at;
      depth += 1;
    } else if (character === '}' && depth > 0 && !isString) {
      depth -= 1;
      if (depth === 0) objects.push(text.slice(start, at + 1));
    }
  }
  return depth > 0 ? [...objects, text.slice(start)] : objects;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    // Not JSON; another part of the text may be, or this one after mending.
    return undefined;
  }
}

function parsedAfterMending(text: string): JsonObject | undefined {
  try {
    return parsed(jsonrepair(text));
  } catch {
    return undefined;
  }
}
