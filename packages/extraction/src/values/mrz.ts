/** The machine-readable zone of a travel document, ICAO 9303. Names are upper case as printed; dates are YYMMDD, whose century it does not say. */
export interface Mrz {
  readonly format: 'TD1' | 'TD2' | 'TD3';
  readonly documentCode: string;
  readonly issuer: string;
  readonly surname: string;
  readonly givenNames: string;
  readonly number: string;
  readonly nationality: string;
  readonly birth: string;
  readonly sex: 'M' | 'F' | 'X';
  readonly expiry: string;
}

/** Rows and characters a row. */
const SIZES = { TD1: [3, 30], TD2: [2, 36], TD3: [2, 44] } as const;

/**
 * The first zone in some rows of print. Spaces are the reader's; filler at the end of a row may be short or long. Every check digit must fit,
 * or there is no zone: a value that is only nearly right would be wrong.
 */
export function findMrz(rows: readonly string[]): Mrz | undefined {
  const packed = rows.map((row) => row.replaceAll(' ', '').replaceAll('«', '<<').toUpperCase());
  for (const [format, [count, width]] of Object.entries(SIZES) as [Mrz['format'], readonly [number, number]][]) {
    for (let at = 0; at + count <= packed.length; at += 1) {
      const zone = packed.slice(at, at + count).map((row) => fitted(row, width));
      const read = zone.every((row) => row !== undefined) ? readZone(format, zone as string[]) : undefined;
      if (read) return read;
    }
  }
  return undefined;
}

/** Filler is what readers count wrongly: rows a little short or long at their end are brought to width. */
function fitted(row: string, width: number): string | undefined {
  if (!/^[A-Z\d<]+$/.test(row) || !row.includes('<') || Math.abs(row.length - width) > 4) return undefined;
  if (row.length > width) return /^<*$/.test(row.slice(width)) ? row.slice(0, width) : undefined;
  return row.length === width ? row : row.endsWith('<') ? row.padEnd(width, '<') : undefined;
}

function readZone(format: Mrz['format'], zone: readonly string[]): Mrz | undefined {
  const [first = '', second = '', third = ''] = zone;
  const isCard = format === 'TD1';
  const data = isCard ? second : second.slice(13);
  const number = isCard ? first.slice(5, 14) : second.slice(0, 9);
  const numberCheck = isCard ? first[14]! : second[9]!;
  const [birth, birthCheck, sex, expiry, expiryCheck] = [
    data.slice(0, 6),
    data[6]!,
    data[7]!,
    data.slice(8, 14),
    data[14]!,
  ];
  const holds = [
    [number, numberCheck],
    [birth, birthCheck],
    [expiry, expiryCheck],
    [composite(format, first, second), second.at(-1)!],
  ].every(([field, digit]) => checkDigit(field!) === digit);
  if (!holds || !/^[MFX<]$/.test(sex)) return undefined;
  const [surname = '', givenNames = ''] = (isCard ? third : first.slice(5)).split('<<');
  return {
    format,
    documentCode: filled(first.slice(0, 2)),
    issuer: filled(first.slice(2, 5)),
    surname: filled(surname),
    givenNames: filled(givenNames),
    number: filled(number),
    nationality: filled(isCard ? second.slice(15, 18) : second.slice(10, 13)),
    birth,
    sex: sex === '<' ? 'X' : (sex as Mrz['sex']),
    expiry,
  };
}

function composite(format: Mrz['format'], first: string, second: string): string {
  if (format === 'TD1') return first.slice(5) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29);
  return second.slice(0, 10) + second.slice(13, 20) + second.slice(21, format === 'TD2' ? 35 : 43);
}

/** Weights 7, 3, 1; letters count from A = 10, filler nothing. */
function checkDigit(field: string): string {
  const value = (character: string): number => (character === '<' ? 0 : Number.parseInt(character, 36));
  return String([...field].reduce((sum, character, at) => sum + value(character) * [7, 3, 1][at % 3]!, 0) % 10);
}

function filled(field: string): string {
  return field.replaceAll('<', ' ').trim();
}
