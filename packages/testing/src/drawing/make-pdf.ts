import { createHash } from 'node:crypto';

/** Text on a page of a PDF, in points from its lower left corner, as a born-digital PDF has it. */
export interface PdfText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Degrees, against the clock. */
  readonly turn?: number;
  /** As OCR programs lay it over a scan. */
  readonly invisible?: boolean;
  /** Its font says that its letters are others, each so many places further in the alphabet. */
  readonly misencodedBy?: number;
  /** What it says in place of its letters, as programs write emoji. */
  readonly actualText?: string;
}

/** A picture on a page: the bytes of a stream and what is needed to decode them. */
export interface PdfPicture {
  readonly bytes: Buffer;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly filter: 'DCTDecode' | 'CCITTFaxDecode' | 'FlateDecode' | 'JPXDecode';
  readonly colours: 'DeviceGray' | 'DeviceRGB' | 'DeviceCMYK';
  readonly bits?: number;
  /** Where it lies, in points: left, bottom, width, height; over the whole page unless given. */
  readonly at?: readonly [number, number, number, number];
}

export interface PdfPage {
  /** Points. */
  readonly width: number;
  readonly height: number;
  readonly texts?: readonly PdfText[];
  readonly pictures?: readonly PdfPicture[];
  /** Straight strokes: where they begin and end, and how thick they are, in points. */
  readonly strokes?: readonly (readonly [x0: number, y0: number, x1: number, y1: number, thickness: number])[];
  /** Clockwise, in quarters of 90 degrees, as a viewer shows it. */
  readonly rotate?: 0 | 90 | 180 | 270;
  readonly crop?: readonly [number, number, number, number];
  /** What was filled into a form's field, as its appearance. */
  readonly field?: PdfText;
}

export interface PdfOptions {
  /** Encrypts it: 40 bits of RC4, the weakest there is, which every reader knows. */
  readonly password?: string;
  /** Leaves out the table that says where objects lie. */
  readonly withoutTable?: boolean;
}

type Entry = { readonly head: string; readonly stream?: Buffer };

/** The bytes of a PDF with these pages. */
export function makePdf(pages: readonly PdfPage[], options: PdfOptions = {}): Buffer {
  const entries: Entry[] = [{ head: '' }, { head: '' }];
  const add = (head: string, stream?: Buffer): number => entries.push(stream ? { head, stream } : { head });
  const kids = pages.map((page) => addPage(page, add));
  entries[0] = { head: '/Type /Catalog /Pages 2 0 R' };
  entries[1] = { head: `/Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}]` };
  return written(entries, options);
}

type Add = (head: string, stream?: Buffer) => number;

function addPage(page: PdfPage, add: Add): number {
  const { width, height, texts = [], pictures = [], strokes = [], rotate = 0, crop, field } = page;
  const fonts = new Map<number, number>();
  for (const { misencodedBy = 0 } of [...texts, ...(field ? [field] : [])]) {
    if (!fonts.has(misencodedBy)) fonts.set(misencodedBy, addFont(misencodedBy, add));
  }
  const fontNames = [...fonts].map(([shift, id]) => `/F${shift} ${id} 0 R`).join(' ');
  const images = pictures.map((picture) => addPicture(picture, add));
  const drawn = pictures.map(
    ({ at = [0, 0, width, height] }, i) => `q ${at[2]} 0 0 ${at[3]} ${at[0]} ${at[1]} cm /I${i} Do Q`,
  );
  const lines = strokes.map(([x0, y0, x1, y1, thickness]) => `${thickness} w ${x0} ${y0} m ${x1} ${y1} l S`);
  const content = add('', Buffer.from([...drawn, ...lines, ...texts.map(operators)].join('\n'), 'latin1'));
  const imageNames = images.map((id, i) => `/I${i} ${id} 0 R`).join(' ');
  const annotations = field ? ` /Annots [${addField(field, { width, height, fontNames }, add)} 0 R]` : '';
  return add(
    `/Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Rotate ${rotate}${crop ? ` /CropBox [${crop.join(' ')}]` : ''} ` +
      `/Contents ${content} 0 R /Resources << /Font << ${fontNames} >> /XObject << ${imageNames} >> >>${annotations}`,
  );
}

function operators({ text, x, y, size, turn = 0, invisible = false, misencodedBy = 0, actualText }: PdfText): string {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const matrix = [cos, sin, -sin, cos].map((value) => value.toFixed(6)).join(' ');
  const safe = text.replace(/[\\()]/g, '\\$&');
  const shown = `BT /F${misencodedBy} ${size} Tf ${invisible ? 3 : 0} Tr ${matrix} ${x} ${y} Tm (${safe}) Tj ET`;
  return actualText === undefined ? shown : `/Span << /ActualText <${hexOf(actualText)}> >> BDC ${shown} EMC`;
}

/** UTF-16 with its mark, the bytes of each unit in the order of the network. */
function hexOf(text: string): string {
  return Buffer.from(`\uFEFF${text}`, 'utf16le').swap16().toString('hex');
}

function addFont(shift: number, add: Add): number {
  if (shift === 0) return add('/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding');
  const first = (0x21 + shift).toString(16).padStart(4, '0');
  const map = [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Wrong def /CMapType 2 def',
    '1 begincodespacerange <00> <ff> endcodespacerange',
    `1 beginbfrange <21> <7e> <${first}> endbfrange`,
    'endcmap end end',
  ];
  const mapped = add('', Buffer.from(map.join('\n'), 'latin1'));
  return add(
    `/Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding /ToUnicode ${mapped} 0 R`,
  );
}

function addPicture({ bytes, width, height, filter, colours, bits = 8 }: PdfPicture, add: Add): number {
  // libtiff writes what is 0 as white, whatever 0 means.
  const fax =
    filter === 'CCITTFaxDecode' ? ` /DecodeParms << /K -1 /BlackIs1 true /Columns ${width} /Rows ${height} >>` : '';
  // Adobe's CMYK JPEGs hold the inverse of each ink.
  const inverse = colours === 'DeviceCMYK' && filter === 'DCTDecode' ? ' /Decode [1 0 1 0 1 0 1 0]' : '';
  return add(
    `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /${colours} /BitsPerComponent ${bits} /Filter /${filter}${fax}${inverse}`,
    bytes,
  );
}

function addField(
  field: PdfText,
  { width, height, fontNames }: { width: number; height: number; fontNames: string },
  add: Add,
): number {
  const box = `[0 0 ${width} ${height}]`;
  const resources = `/Resources << /Font << ${fontNames} >> >>`;
  const shown = add(`/Type /XObject /Subtype /Form /BBox ${box} ${resources}`, Buffer.from(operators(field), 'latin1'));
  return add(`/Type /Annot /Subtype /Widget /FT /Tx /T (field) /F 4 /Rect ${box} /AP << /N ${shown} 0 R >>`);
}

function written(entries: readonly Entry[], { password, withoutTable = false }: PdfOptions): Buffer {
  const lock = password === undefined ? undefined : lockWith(password);
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const places: number[] = [];
  let length = parts[0]!.length;
  const push = (part: Buffer) => {
    parts.push(part);
    length += part.length;
  };
  for (const [index, { head, stream }] of entries.entries()) {
    places.push(length);
    const bytes = stream && lock ? lock.seal(stream, index + 1) : stream;
    const dictionary = bytes ? `<< ${head} /Length ${bytes.length} >>\nstream\n` : `<< ${head} >>`;
    push(Buffer.from(`${index + 1} 0 obj\n${dictionary}`, 'latin1'));
    if (bytes) push(Buffer.concat([bytes, Buffer.from('\nendstream')]));
    push(Buffer.from('\nendobj\n'));
  }
  const start = length;
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  if (!withoutTable) push(Buffer.from(`xref\n0 ${entries.length + 1}\n0000000000 65535 f \n${table}`));
  const trailer = `trailer\n<< /Size ${entries.length + 1} /Root 1 0 R${lock?.entry ?? ''} >>\n`;
  push(Buffer.from(`${trailer}startxref\n${withoutTable ? 1 : start}\n%%EOF\n`, 'latin1'));
  return Buffer.concat(parts);
}

/** The standard security handler, revision 2 (ISO 32000-1, 7.6.3). Strings are left out: none of what is drawn has one that matters. */
function lockWith(password: string): { seal: (bytes: Buffer, object: number) => Buffer; entry: string } {
  const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
  const padded = Buffer.concat([Buffer.from(password, 'latin1'), padding]).subarray(0, 32);
  const id = Buffer.alloc(16, 7);
  const owner = rc4(md5(padded).subarray(0, 5), padded);
  const permissions = Buffer.from([0xfc, 0xff, 0xff, 0xff]);
  const key = md5(Buffer.concat([padded, owner, permissions, id])).subarray(0, 5);
  const user = rc4(key, padding);
  const hex = (bytes: Buffer) => `<${bytes.toString('hex')}>`;
  return {
    seal: (bytes, object) => {
      const salt = Buffer.from([object & 255, (object >> 8) & 255, (object >> 16) & 255, 0, 0]);
      return rc4(md5(Buffer.concat([key, salt])).subarray(0, 10), bytes);
    },
    entry: ` /ID [${hex(id)} ${hex(id)}] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ${hex(owner)} /U ${hex(user)} >>`,
  };
}

function md5(bytes: Buffer): Buffer {
  return createHash('md5').update(bytes).digest();
}

/** Node's OpenSSL does not offer it any more. */
function rc4(key: Buffer, bytes: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  const swap = (i: number, j: number) => {
    [state[i], state[j]] = [state[j]!, state[i]!];
  };
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + state[i]! + key[i % key.length]!) & 255;
    swap(i, j);
  }
  let [i, j] = [0, 0];
  return Buffer.from(
    bytes.map((byte) => {
      i = (i + 1) & 255;
      j = (j + state[i]!) & 255;
      swap(i, j);
      return byte ^ state[(state[i]! + state[j]!) & 255]!;
    }),
  );
}
