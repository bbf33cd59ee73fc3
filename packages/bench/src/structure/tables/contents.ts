/** What stands in drawn tables: invented, from lists and numbers. */
type Random = () => number;
export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
export const between = (random: Random, low: number, high: number): number => low + random() * (high - low);
export const whole = (random: Random, low: number, high: number): number => Math.floor(between(random, low, high + 1));

const NOUNS = [
  'Harbour',
  'Pencil',
  'Notebook',
  'Copper wire',
  'Green tea',
  'Paper A4',
  'Desk lamp',
  'Envelope',
  'Bridge',
  'Timber',
  'Bolt M8',
  'Window',
  'Garden hose',
  'Oak board',
  'Kettle',
  'Radio',
  'Blue ink',
  'Rope',
  'Printer',
  'Cement',
  'Salt',
  'Milk',
  'Bread',
  'Coffee beans',
];
const PLACES = [
  'Westbury',
  'Port Ellery',
  'Norfield',
  'Lakeside',
  'Hillcrest',
  'Old Mill',
  'Eastham',
  'Karlsund',
  'Vienna',
  'Lisbon',
  'Turku',
  'Bergen',
  'Gdansk',
  'Porto',
];
const NAMES = [
  'Anna Berg',
  'Tom Hale',
  'Lucia Marin',
  'Peter Novak',
  'Ida Lund',
  'Omar Haddad',
  'Jane Doe',
  'Wei Chen',
  'Karl Maier',
  'Eva Rossi',
  'Paul Martin',
  'Nora Quist',
];
const WORDS =
  'the delivery was checked on arrival and stored in the north hall until further notice because some parts were still missing from the order and had to be sent again by rail within two weeks of the date given above so that work could begin as planned'.split(
    ' ',
  );
const HAN = [
  '北京',
  '上海',
  '数量',
  '单价',
  '合计',
  '苹果',
  '铅笔',
  '纸张',
  '名称',
  '日期',
  '电话',
  '广州',
  '备注',
  '产品',
  '机器',
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export type Kind = 'name' | 'integer' | 'amount' | 'date' | 'code' | 'share' | 'phrase' | 'han';
export const KINDS: readonly Kind[] = ['name', 'integer', 'amount', 'date', 'code', 'share', 'phrase'];
export const isNumber = (kind: Kind): boolean => kind === 'integer' || kind === 'amount' || kind === 'share';

const HEADS: Readonly<Record<Kind, readonly string[]>> = {
  name: ['Item', 'Name', 'Place', 'Customer', 'Product'],
  integer: ['Qty', 'Units', 'Count', 'Pages', 'Stock'],
  amount: ['Price', 'Amount', 'Total', 'Cost', 'Balance'],
  date: ['Date', 'Due', 'Shipped', 'Signed'],
  code: ['Code', 'Ref', 'Article', 'Serial'],
  share: ['Share', 'Rate', 'Change', 'Tax'],
  phrase: ['Remarks', 'Notes', 'Description'],
  han: ['名称', '地点', '备注'],
};

export function heading(random: Random, kind: Kind): string {
  return pick(random, HEADS[kind]);
}

/** @param words of a phrase */
export function content(random: Random, kind: Kind, words = 2): string {
  switch (kind) {
    case 'name':
      return pick(random, pick(random, [NOUNS, PLACES, NAMES]));
    case 'integer':
      return String(whole(random, 1, pick(random, [20, 400, 9000])));
    case 'amount':
      return `${pick(random, ['', '', '$', '£'])}${grouped(whole(random, 1, pick(random, [90, 4000])))}.${String(whole(random, 0, 99)).padStart(2, '0')}`;
    case 'date':
      return pick(random, [
        `${whole(random, 10, 28)} ${pick(random, MONTHS)} 20${whole(random, 10, 26)}`,
        `20${whole(random, 10, 26)}-0${whole(random, 1, 9)}-${whole(random, 10, 28)}`,
      ]);
    case 'code':
      return `${pick(random, ['KX', 'AB', 'QT', 'MR'])}-${whole(random, 1000, 9999)}`;
    case 'share':
      return `${whole(random, 1, 99)}.${whole(random, 1, 9)}%`;
    case 'han':
      return pick(random, HAN) + pick(random, HAN);
    default:
      return sentence(random, words);
  }
}

function grouped(value: number): string {
  return value >= 1000 ? `${Math.floor(value / 1000)},${String(value % 1000).padStart(3, '0')}` : String(value);
}

export function sentence(random: Random, words: number): string {
  const from = whole(random, 0, WORDS.length - 1);
  const text = Array.from({ length: words }, (_, index) => WORDS[(from + index) % WORDS.length]).join(' ');
  return text[0]!.toUpperCase() + text.slice(1);
}
