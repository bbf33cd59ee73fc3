/**
 * Writes a PDF from front to back: it keeps where each object begins, not the objects, and ends with the table of those places. What its
 * functions return is to be written out at once, in that order.
 */
export interface PdfWriter {
  /** A number for an object that is written later, or never named twice. */
  reserve(): number;
  begin(): Uint8Array;
  /** An object that is no stream. */
  object(number: number, body: string): Uint8Array;
  /** A stream whose bytes have the length that `dictionary` need not name. */
  stream(number: number, dictionary: string, bytes: Uint8Array): Uint8Array;
  /** A stream that is as long as it turns out. */
  streamed(number: number, dictionary: string, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
  end(root: number, info: number): Uint8Array;
}

export function newPdfWriter(): PdfWriter {
  const offsets: number[] = [0];
  let written = 0;

  function counted(bytes: Uint8Array): Uint8Array {
    written += bytes.length;
    return bytes;
  }
  function reserve(): number {
    offsets.push(0);
    return offsets.length - 1;
  }
  function begins(number: number): string {
    offsets[number] = written;
    return `${number} 0 obj\n`;
  }
  function object(number: number, body: string): Uint8Array {
    return counted(latin(`${begins(number)}${body}\nendobj\n`));
  }

  return {
    reserve,
    object,
    // The four bytes above 127 tell programs that the file is not text.
    begin: () => counted(latin('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n')),
    stream: (number, dictionary, bytes) => {
      const head = latin(`${begins(number)}<<${dictionary}/Length ${bytes.length}>>\nstream\n`);
      return counted(joined([head, bytes, latin('\nendstream\nendobj\n')]));
    },
    streamed: async function* (number, dictionary, source) {
      const lengthNumber = reserve();
      yield counted(latin(`${begins(number)}<<${dictionary}/Length ${lengthNumber} 0 R>>\nstream\n`));
      const before = written;
      for await (const bytes of source) yield counted(bytes);
      const length = written - before;
      yield counted(latin('\nendstream\nendobj\n'));
      yield object(lengthNumber, String(length));
    },
    end: (root, info) => {
      const rows = offsets.map((offset, number) =>
        number === 0 ? '0000000000 65535 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`,
      );
      const trailer = `trailer\n<</Size ${offsets.length}/Root ${root} 0 R/Info ${info} 0 R>>\nstartxref\n${written}\n%%EOF\n`;
      return counted(latin(`xref\n0 ${offsets.length}\n${rows.join('')}${trailer}`));
    },
  };
}

/** Each character is one byte: PDF's own words, and bytes written as characters. */
export function latin(text: string): Uint8Array {
  // A loop: `Uint8Array.from` with a function is many times slower, and the words of a full page are a megabyte of this.
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A text as a PDF string: UTF-16 with its mark, in hexadecimal. */
export function textString(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => hex4(text.charCodeAt(at)));
  return `<FEFF${units.join('')}>`;
}

export function hex4(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0');
}

/** A number as PDF writes it, without an exponent. */
export function real(value: number, digits = 3): string {
  return String(Number(value.toFixed(digits)));
}
