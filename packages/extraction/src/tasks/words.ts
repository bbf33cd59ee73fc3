/** Words that every text has: they say nothing about what one is about. English, German, French, Spanish, Chinese, and words of forms and bills. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about above after again against all also am an and any are as at be because been before being below between both but by can cannot could did do does
  doing down during each few for from further had has have having he her here hers him his how i if in into is it its itself just me more most my no nor
  not now of off on once only or other our ours out over own per same she should so some such than that the their them then there these they this those
  through to too under until up upon us very was we were what when where which while who whom why will with within without would you your yours may must
  shall one two three please thank thanks dear page pages date number name total amount yes
  aber alle als also am an auch auf aus bei bin bis bitte da damit dann das dass dem den der des die dies diese dieser dieses doch durch ein eine einem
  einen einer eines er es für hat haben ich ihr ihre im in ist ja kann mit nach nicht noch nur oder sehr sein sich sie sind so über um und uns unter vom
  von vor war werden wie wir wird zu zum zur
  au aux avec ce ces cette dans de des du elle en est et être il ils je la le les leur lui mais même nos notre nous on ou où par pas pour plus que qui sa
  sans ses son sont sur un une vos votre vous
  al como con del el ella en es esta este la las lo los más no para pero por que se si sin sobre su sus un una y
  的 了 和 是 在 有 我 他 她 它 们 这 那 与 及 或 对 中 为 以 于 等 不 也 就 都 而 被 把 从 到 上 下 个 一 一个 我们 他们 你 您 并 将 其 可以 进行 使用 没有 自己 这个 因此 所以 但是 如果`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
const FEWEST_LETTERS = 4;
const FEWEST_HAN = 2;

/** The words of a text that say something, in lower case, in order; Chinese is cut at its words. */
export function contentWords(text: string): string[] {
  const segments = new Intl.Segmenter('und', { granularity: 'word' }).segment(text.normalize('NFKC').toLowerCase());
  return [...segments].flatMap(({ segment, isWordLike }) =>
    isWordLike === true && isContent(segment) ? [segment] : [],
  );
}

function isContent(word: string): boolean {
  if (STOP_WORDS.has(word) || !/^[\p{L}\p{M}'’-]+$/u.test(word)) return false;
  return word.length >= (/\p{Script=Han}/u.test(word) ? FEWEST_HAN : FEWEST_LETTERS);
}

/** The content words of a text, the most frequent first, of equals the earlier. */
export function frequentWords(text: string): { readonly word: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const word of contentWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ word, count })).toSorted((a, b) => b.count - a.count);
}
