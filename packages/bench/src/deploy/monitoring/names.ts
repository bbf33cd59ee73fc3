/** Words of PromQL that are no names of measures. */
const WORDS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'unless',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'offset',
  'inf',
  'nan',
]);

/** A measure as an expression asks for it. */
export interface Selector {
  readonly name: string;
  /** Of its matchers. */
  readonly labels: readonly string[];
}

/** The measures that an expression of PromQL asks for. What it says may be wrong; promtool sees to that. */
export function selectorsIn(expression: string): Selector[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ');
  const found = bare.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\}|\()?/g);
  return [...found].flatMap(([, name = '', after = '']) => {
    if (after === '(' || WORDS.has(name.toLowerCase()) || isWithinMatchers(bare, name)) return [];
    const labels = [...after.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
    return [{ name, labels }];
  });
}

/** Durations such as `5m` follow a digit and are not found at all; a label stands before a comparison. */
function isWithinMatchers(bare: string, name: string): boolean {
  return !bare.replaceAll(/\{[^}]*\}/g, '').match(new RegExp(`(?<![\\w:])${name}(?![\\w:])`));
}
