import { degrees, PDFDocument, PDFName, StandardFonts } from '@cantoo/pdf-lib';
import type { PageText } from '@docusnap/contracts';
import { boxesOfPdf, describeNeeding, drawPdf, textsOfPdfJs, wordsOfPdf } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { column, lineAt, pageOf, turned, wordsOf } from '../test-pages.ts';
import { type OverlaidPage, openOverlay } from './overlay.ts';

/** A PDF whose pages hold a drawing, and print where `text` says so. */
async function pdfOf(
  pages: readonly { text?: string; rotate?: number; crop?: readonly [number, number, number, number] }[],
  options: { useObjectStreams?: boolean } = {},
): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (const { text, rotate = 0, crop } of pages) {
    const page = document.addPage([400, 600]);
    // Leaves its graphics state changed, as many do.
    page.drawRectangle({ x: 20, y: 20, width: 50, height: 80 });
    if (text) page.drawText(text, { x: 100, y: 100, font, size: 20 });
    page.setRotation(degrees(rotate));
    if (crop) page.setCropBox(...crop);
  }
  return document.save(options);
}

async function overlaid(bytes: Uint8Array, pages: readonly OverlaidPage[]): Promise<Buffer> {
  const overlay = await openOverlay(new Uint8Array(bytes));
  for (const [frame, page] of pages.entries()) overlay.add(frame, page);
  return Buffer.concat([bytes, await overlay.finish()]);
}

const prose = pageOf([column(['first words here', '比较文学成为 😀'], { x: 100, y: 300 })], {
  width: 800,
  height: 1_200,
});
const digital: PageText = { ...prose, source: 'text-layer' };

describeNeeding('pdftotext', 'a text layer upon a PDF', () => {
  test.each([true, false])(
    'its bytes stay, its pages look as before, and the words are found (object streams: %s)',
    async (useObjectStreams) => {
      const bytes = await pdfOf([{}, {}], { useObjectStreams });
      const pdf = await overlaid(bytes, [{ text: prose }, { text: pageOf([]) }]);
      expect(pdf.subarray(0, bytes.length).equals(bytes)).toBe(true);
      expect(await wordsOfPdf(pdf)).toEqual([wordsOf(prose), []]);
      expect((await textsOfPdfJs(pdf))[0]!.split(/\s+/).filter(Boolean)).toEqual(wordsOf(prose));
      expect((await drawPdf(pdf)).equals(await drawPdf(bytes))).toBe(true);
    },
  );

  test('a page that has its text already gets no second one', async () => {
    const bytes = await pdfOf([{ text: 'born digital' }]);
    expect(await wordsOfPdf(await overlaid(bytes, [{ text: digital }]))).toEqual([['born', 'digital']]);
  });

  test('of a page with both only what was read from pixels is added', async () => {
    const own = lineAt({ text: 'born digital', x: 200, y: 1_000 });
    const both: PageText = pageOf([[{ ...own, confidence: 1 }], column(['a scanned stamp'], { x: 100, y: 100 })]);
    const pdf = await overlaid(await pdfOf([{ text: 'born digital' }]), [{ text: { ...both, source: 'mixed' } }]);
    expect(await wordsOfPdf(pdf)).toEqual([['born', 'digital', 'a', 'scanned', 'stamp']]);
  });

  test.each([0, 90, 180, 270])('on a cropped page with Rotate %i words lie where they are seen', async (rotate) => {
    const bytes = await pdfOf([{ rotate, crop: [50, 100, 300, 400] }]);
    const [width, height] = rotate % 180 === 0 ? [600, 800] : [800, 600];
    const page = pageOf([[lineAt({ text: 'here', x: 100, y: 200, size: 40 })]], { width, height });
    const [found] = await boxesOfPdf(await overlaid(bytes, [{ text: page }]));
    expect(found?.word).toBe('here');
    const [left, top, right, bottom] = found!.box.map((value) => value * 2);
    expect(Math.abs((left! + right!) / 2 - 140)).toBeLessThan(4);
    expect(Math.abs((top! + bottom!) / 2 - 220)).toBeLessThan(8);
  });

  test('words of turned print are turned too', async () => {
    const page = turned(prose, 90, [900, 100]);
    expect(await wordsOfPdf(await overlaid(await pdfOf([{}]), [{ text: page }]))).toEqual([wordsOf(page)]);
  });

  test('pages that share their resources, and a second layer, do no harm', async () => {
    const document = await PDFDocument.load(await pdfOf([{ text: 'one' }, { text: 'two' }]));
    const [first, second] = document.getPages();
    second!.node.set(PDFName.of('Resources'), document.context.register(first!.node.Resources()!));
    first!.node.set(PDFName.of('Resources'), second!.node.get(PDFName.of('Resources'))!);
    const once = await overlaid(await document.save(), [{ text: prose }, { text: prose }]);
    const twice = await overlaid(once, [{ text: prose }]);
    expect(await wordsOfPdf(twice)).toEqual([
      ['one', ...wordsOf(prose), ...wordsOf(prose)],
      [...(await wordsOfPdf(once))[1]!],
    ]);
    expect((await wordsOfPdf(once))[1]).toEqual(expect.arrayContaining(wordsOf(prose)));
  });

  test('a page that was not read has a note with the reason', async () => {
    const pdf = await overlaid(await pdfOf([{}], { useObjectStreams: false }), [{ reason: 'page 1: page_timeout' }]);
    const read = await PDFDocument.load(pdf);
    const [note] = read.getPage(0).node.Annots()!.asArray();
    expect(String(read.context.lookup(note))).toContain('/Subtype /Text');
    expect(await wordsOfPdf(pdf)).toEqual([[]]);
  });
});

test('what is encrypted is refused as such, and what is no PDF as damaged', async () => {
  const document = await PDFDocument.load(await pdfOf([{}]));
  document.encrypt({ userPassword: 'secret', ownerPassword: 'owner' });
  const encrypted = await document.save();
  await expect(openOverlay(encrypted)).rejects.toMatchObject({ code: 'not_acceptable' });
  await expect(openOverlay(Buffer.from('no PDF at all'))).rejects.toMatchObject({ code: 'file_undecodable' });
  await expect(openOverlay(new Uint8Array(0))).rejects.toMatchObject({ code: 'file_undecodable' });
});
