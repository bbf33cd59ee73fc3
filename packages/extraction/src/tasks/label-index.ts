/** Labels by their pairs of letters: what is like a text is found in one pass, however many there are. */
export interface LabelIndex {
  readonly labels: readonly { readonly key: string; readonly pairs: number }[];
  /** For each pair of letters, the labels that have it. */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

/** @param source labels as their letters, and what each stands for */
export function indexLabels(source: readonly { readonly letters: string; readonly key: string }[]): LabelIndex {
  const places = new Map<string, number[]>();
  const labels = source.map(({ letters, key }, at) => {
    const pairs = pairsOf(letters);
    for (const pair of pairs) {
      const list = places.get(pair);
      if (list) list.push(at);
      else places.set(pair, [at]);
    }
    return { key, pairs: pairs.size };
  });
  return { labels, places };
}

/** The label that shares most pairs of letters with a text (Dice's coefficient of distinct pairs), and how many: from 0 to 1. */
export function nearest(
  { labels, places }: LabelIndex,
  letters: string,
): { readonly key: string; readonly share: number } {
  const pairs = pairsOf(letters);
  const common = new Uint16Array(labels.length);
  for (const pair of pairs) for (const at of places.get(pair) ?? []) common[at]! += 1;
  let best = { key: '', share: 0 };
  for (let at = 0; at < common.length; at += 1) {
    if (common[at] === 0) continue;
    const { key, pairs: own } = labels[at]!;
    const share = (2 * common[at]!) / (pairs.size + own);
    if (share > best.share) best = { key, share };
  }
  return best;
}

function pairsOf(letters: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (let at = 0; at + 1 < letters.length; at += 1) pairs.add(letters.slice(at, at + 2));
  return pairs;
}
