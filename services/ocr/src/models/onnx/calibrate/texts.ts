type Random = () => number;

const WORDS = (
  'the of and to in is for that with on as by from this are be or an at it which was were has have not payment invoice total amount due ' +
  'date customer order number quantity price account bank street road suite avenue floor city state country report table figure results ' +
  'method analysis data model system performance section chapter according between however therefore although different several company ' +
  'services limited international department university research development management information technology agreement terms conditions ' +
  'shall party hereby signature name address telephone facsimile please contact office monday tuesday january february december tax subtotal ' +
  'change cash card receipt thank you visit again item description unit discount delivery shipping balance credit debit statement period ' +
  'opening closing interest rate annual net gross profit loss revenue expense assets liabilities equity sample test value mean standard ' +
  'deviation level high low temperature pressure water energy power voltage current light sound space time'
).split(' ');

/** A line as letters, forms, receipts, tables and papers have them. */
export function lineOfText(random: Random): string {
  const pick = (values: readonly string[]): string => values[Math.floor(random() * values.length)] as string;
  const word = (): string => pick(WORDS);
  const title = (): string => capital(word());
  const shout = (): string => word().toUpperCase();
  const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const several = (least: number, most: number, one: () => string): string =>
    Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, one).join(' ');
  const kinds: readonly (() => string)[] = [
    () => several(3, 10, word),
    () => `${title()} ${several(2, 10, () => (random() < 0.15 ? title() : word()))}${pick(['.', ',', ';', ':'])}`,
    () => several(1, 5, shout),
    () => `${title()}: ${digits(2)}/${digits(2)}/${digits(4)}`,
    () => `${pick(['$', 'USD ', 'RM ', '€ ', ''])}${digits(1 + Math.floor(random() * 4))}.${digits(2)}`,
    () => `${digits(1)} x ${shout()} ${shout()}   ${digits(2)}.${digits(2)}`,
    () => `${pick(['INV', 'PO', 'SKU', 'No.', 'Ref'])}-${digits(6)} (${word()})`,
    () => `${word()}.${word()}@${word()}.com`,
    () => `Tel: +${digits(2)} ${digits(3)}-${digits(4)} ${digits(3)}`,
    () => `${title()} & ${title()} ${pick(['Ltd.', 'Inc.', 'GmbH', 'SDN BHD'])}`,
    () => digits(4 + Math.floor(random() * 9)),
    () => `"${title()}" - ${word()} [${digits(1)}] ${digits(2)}% ± 0.${digits(2)}`,
    word,
  ];
  return (kinds[Math.floor(random() * kinds.length)] as () => string)();
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
