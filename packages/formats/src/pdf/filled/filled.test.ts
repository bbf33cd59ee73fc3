import {
  decodePDFRawStream,
  PDFDocument,
  PDFName,
  type PDFRawStream,
  PDFRef,
  type PDFTextField,
} from '@cantoo/pdf-lib';
import type { FormBlank, Quad } from '@docusnap/contracts';
import { boxesOfPdf, describeNeeding, wordsOfPdf } from '@docusnap/testing';
import { describe, expect, test } from '@jest/globals';
import { column, pageOf, upright } from '../../test-pages.ts';
import { openOverlay } from '../overlay.ts';
import { fillBlanks, unplaced } from './fill-blanks.ts';
import { runsOf } from './lettering-fonts.ts';
import { writeBlanks } from './written.ts';

const blank = (label: string, quad: Quad, page = 1): FormBlank => ({ label, page, quad });
const LINE = upright(100, 100, 400, 30);
const BOX = upright(100, 200, 24, 24);

test('values go to the blank of their label, and answers to the box beside their word', () => {
  const blanks = [blank('Full name:', LINE), blank('male', BOX), blank('female', BOX), blank('I agree', BOX)];
  const { blanks: filled } = fillBlanks(blanks, { 'full NAME': 'Ann', Sex: 'Female', 'I agree': 'yes', Age: '7' });
  expect(filled.map(({ label, value, isTick }) => [label, value, isTick])).toEqual([
    ['Full name:', 'Ann', false],
    ['female', 'Female', true],
    ['I agree', 'yes', true],
  ]);
});

test('a box to tick stays empty for no, and nothing is written for an empty value', () => {
  expect(fillBlanks([blank('I agree', BOX), blank('Name', LINE)], { 'I agree': 'none', Name: ' ' }).blanks).toEqual([]);
});

describe('of boxes to tick with the same words', () => {
  const asked = (question: string | undefined, label: string, y: number) => ({
    ...blank(label, upright(100, y, 24, 24)),
    question,
  });
  const tickedIn = (blanks: readonly FormBlank[], values: Record<string, string>) =>
    fillBlanks(blanks, values).blanks.map(({ key, label }) => `${key}: ${label}`);
  const twice = (first?: string, second?: string) => [
    asked(first, 'Yes', 100),
    asked(first, 'No', 100),
    asked(second, 'Yes', 200),
    asked(second, 'No', 200),
  ];

  test('those are ticked whose question the value answers', () => {
    const form = twice('US citizen?', 'Criminal record?');
    expect(tickedIn(form, { 'US citizen': 'Yes', 'Criminal record': 'No' })).toEqual([
      'US citizen: Yes',
      'Criminal record: No',
    ]);
    expect(tickedIn(form, { 'US citizen': 'Yes' })).toEqual(['US citizen: Yes']);
    expect(tickedIn(form, { Married: 'Yes' })).toEqual([]);
  });

  test('none is ticked where their questions are not known, and the values are told', () => {
    const values = { 'US citizen': 'Yes', 'Criminal record': 'No' };
    expect(tickedIn(twice(), values)).toEqual([]);
    expect(unplaced(fillBlanks(twice(), values), new Set())).toEqual(['US citizen: Yes', 'Criminal record: No']);
  });

  test('the only one stays empty where two values have its words', () => {
    expect(tickedIn([asked(undefined, 'Yes', 100)], { 'US citizen': 'Yes', 'Criminal record': 'Yes' })).toEqual([]);
  });
});

test('what has no place is told', () => {
  const filling = fillBlanks([blank('Name', LINE), blank('male', BOX)], { Name: 'Ann', Sex: 'male', Age: '7' });
  expect(unplaced(filling, new Set())).toEqual(['Age: 7']);
  expect(unplaced(filling, new Set(['Age']))).toEqual([]);
});

test('letters of Windows-1252 and Han are shown, others are not', () => {
  expect(runsOf('Zoë 王小明')?.map(({ font, ems }) => [font, Number(ems.toFixed(2))])).toEqual([
    ['DocuSnapLatin', 2],
    ['DocuSnapHan', 3],
  ]);
  expect(runsOf('Dvořák')).toBeNull();
  expect(runsOf('\u{20000}')).toBeNull();
});

test('a long value becomes smaller, and takes several lines where there is room', () => {
  const sizes = (content: string) => [...content.matchAll(/ ([\d.]+) Tf/g)].map(([, size]) => Number(size));
  const toPoints = [1, 0, 0, -1, 0, 1_000] as const;
  const write = (quad: Quad, value: string) =>
    writeBlanks([{ ...blank('a', quad), key: 'a', value, isTick: false }], toPoints, { width: 600 }).content;
  const [short] = sizes(write(upright(100, 100, 400, 20), 'short'));
  const [long] = sizes(
    write(
      upright(100, 100, 400, 20),
      'a value that has a good many more words than there is room for on one line of it',
    ),
  );
  expect(short).toBe(12);
  expect(long).toBeLessThan(12);
  const high = sizes(write(upright(100, 100, 200, 100), 'a value of so many words that it needs more lines than one'));
  expect(high.length).toBeGreaterThan(1);
  expect(high[0]).toBe(12);
});

test('a value of ten thousand words is told as one that cannot be shown, and many of as much as is written take no time', () => {
  const toPoints = [1, 0, 0, -1, 0, 1_000] as const;
  const write = (count: number, value: string) => {
    const blanks = Array.from({ length: count }, () => ({ ...blank('a', LINE), key: 'a', value, isTick: false }));
    const started = process.cpuUsage();
    const written = writeBlanks(blanks, toPoints, { width: 600 });
    const { user, system } = process.cpuUsage(started);
    return { ...written, ms: (user + system) / 1_000 };
  };
  const endless = write(1, 'a '.repeat(10_000));
  expect(endless.unshown).toHaveLength(1);
  const many = write(100, 'a '.repeat(999));
  expect(many.unshown).toEqual([]);
  // Of processor time. It took a minute, in which nobody else was served.
  expect(endless.ms + many.ms).toBeLessThan(5_000);
});

describeNeeding('pdftotext', 'a filled PDF', () => {
  const page = pageOf([column(['Name'], { x: 20, y: 100 })], { width: 600, height: 800 });

  async function filled(bytes: Uint8Array, blanks: readonly FormBlank[], values: Record<string, string>) {
    const filling = fillBlanks(blanks, values);
    const overlay = await openOverlay(new Uint8Array(bytes), filling);
    overlay.add(0, { text: { ...page, source: 'text-layer' }, blanks: filling.blanks });
    return Buffer.concat([bytes, await overlay.finish()]);
  }

  async function pdf(draw: (document: PDFDocument) => void = () => undefined): Promise<Uint8Array> {
    const document = await PDFDocument.create();
    document.addPage([300, 400]);
    draw(document);
    return document.save();
  }

  test('has the value in its blank, and its own bytes untouched', async () => {
    const bytes = await pdf();
    const made = await filled(bytes, [blank('Name', LINE)], { Name: 'Zoë Berg' });
    expect(made.subarray(0, bytes.length).equals(bytes)).toBe(true);
    const [first, second] = await boxesOfPdf(made);
    expect([first?.word, second?.word]).toEqual(['Zoë', 'Berg']);
    expect(made.toString('latin1')).not.toContain('STSong');
    // The blank is 50 to 250 across and 50 to 65 down, in points.
    const [left, top, right, bottom] = first!.box;
    expect(left).toBeGreaterThanOrEqual(50);
    expect(right).toBeLessThan(250);
    expect((top! + bottom!) / 2).toBeGreaterThan(50);
    expect((top! + bottom!) / 2).toBeLessThan(66);
  });

  test('has it in its own fields where it has such: by their name, by their tooltip, or by where they lie', async () => {
    const bytes = await pdf((document) => {
      const form = document.getForm();
      const [target] = document.getPages();
      const at = (name: string, y: number): PDFTextField => {
        const field = form.createTextField(name);
        field.addToPage(target!, { x: 50, y, width: 200, height: 15 });
        return field;
      };
      at('form.City', 100);
      at('form.f1_02', 335);
      form.createCheckBox('Consent').addToPage(target!, { x: 50, y: 200, width: 12, height: 12 });
    });
    const made = await filled(bytes, [blank('Name', LINE)], { Name: 'Ann', city: 'Ghent', Consent: 'yes', Age: '7' });
    const form = (await PDFDocument.load(made)).getForm();
    expect(form.getTextField('form.City').getText()).toBe('Ghent');
    expect(form.getTextField('form.f1_02').getText()).toBe('Ann');
    expect(form.getCheckBox('Consent').isChecked()).toBe(true);
    expect((await wordsOfPdf(made)).flat().toSorted()).toEqual(['Ann', 'Ghent']);
    expect(await notes(made)).toEqual(['No blank was found for: Age: 7']);
  });

  async function formOf(names: readonly string[]): Promise<Uint8Array> {
    return pdf((document) => {
      const [target] = document.getPages();
      for (const [at, name] of names.entries()) {
        const field = document.getForm().createTextField(name);
        field.addToPage(target!, { x: 50, y: 335 - at * 50, width: 200, height: 15 });
      }
    });
  }

  test('has it in the field that lies in its blank where the name is that of several, and else in a note', async () => {
    const bytes = await formOf(['Applicant.Name', 'Spouse.Name']);
    const placed = (await PDFDocument.load(await filled(bytes, [blank('Name', LINE)], { Name: 'Ann' }))).getForm();
    expect(placed.getTextField('Applicant.Name').getText()).toBe('Ann');
    expect(placed.getTextField('Spouse.Name').getText()).toBeUndefined();
    const unknown = await filled(bytes, [], { Name: 'Ann', 'Spouse name': 'Bob' });
    const form = (await PDFDocument.load(unknown)).getForm();
    expect(form.getTextField('Applicant.Name').getText()).toBeUndefined();
    expect(form.getTextField('Spouse.Name').getText()).toBe('Bob');
    expect(await notes(unknown)).toEqual(['No blank was found for: Name: Ann']);
  });

  test('has it in the field whose whole name or tooltip it is, before others whose names end in it', async () => {
    const bytes = await formOf(['Name', 'Spouse.Name']);
    const form = (await PDFDocument.load(await filled(bytes, [], { Name: 'Ann' }))).getForm();
    expect(form.getTextField('Name').getText()).toBe('Ann');
    expect(form.getTextField('Spouse.Name').getText()).toBeUndefined();
  });

  test('ticks a box of its own whose answer is no', async () => {
    const bytes = await pdf((document) => {
      const box = document.getForm().createCheckBox('f1_07');
      box.addToPage(document.getPages()[0]!, { x: 50, y: 288, width: 12, height: 12 });
    });
    const made = await filled(bytes, [blank('No', BOX)], { 'Criminal record': 'No' });
    expect((await PDFDocument.load(made)).getForm().getCheckBox('f1_07').isChecked()).toBe(true);
  });

  test('shows letters in its own fields that Helvetica has not', async () => {
    const made = await filled(await formOf(['Name']), [], { Name: 'Дмитрий 王' });
    const field = (await PDFDocument.load(made)).getForm().getTextField('Name');
    expect(field.getText()).toBe('Дмитрий 王');
    // Poppler shows them only where its language data are installed, so the content is looked at: UCS-2 in the Chinese collection's font.
    const shown = field.acroField.getWidgets()[0]!.AP()!.lookup(PDFName.of('N')) as PDFRawStream;
    const content = Buffer.from(decodePDFRawStream(shown).decode()).toString('latin1');
    expect(content).toMatch(/DocuSnapHan [\d.]+ Tf <0414043C04380442044004380439> Tj[\s\S]*<738B> Tj/);
    expect(content).not.toContain('<3F');
    const [, font] = /\/DocuSnapHan (\d+) 0 R/.exec(String(shown.dict))!;
    expect(String(shown.dict.context.lookup(PDFRef.of(Number(font))))).toContain('/UniGB-UCS2-H');
    expect(await notes(made)).toEqual([]);
  });

  test.each([
    ['by its name', []],
    ['by where it lies', [blank('Name', LINE)]],
  ])(
    'leaves to viewers a value of a field found %s that no font shows, and says it in a note',
    async (_how, blanks) => {
      const bytes = await formOf([blanks.length > 0 ? 'f1_01' : 'Name']);
      const made = await filled(bytes, blanks, { Name: 'Dvořák' });
      const document = await PDFDocument.load(made);
      const [field] = document.getForm().getFields();
      expect((field as PDFTextField).getText()).toBe('Dvořák');
      expect(field!.acroField.getWidgets()[0]!.AP()).toBeUndefined();
      expect(String(document.catalog.getAcroForm()!.dict)).toContain('/NeedAppearances true');
      expect(await notes(made)).toEqual(['Name: Dvořák']);
    },
  );

  test('says in notes what no font shows, and what found no blank', async () => {
    const made = await filled(await pdf(), [blank('Name', LINE)], { Name: 'Dvořák', Age: '7' });
    expect(await notes(made)).toEqual(['Name: Dvořák', 'No blank was found for: Age: 7']);
  });

  async function notes(bytes: Uint8Array): Promise<string[]> {
    const document = await PDFDocument.load(bytes);
    const annotations = document.getPages()[0]!.node.Annots()?.asArray() ?? [];
    return annotations.flatMap((one) => {
      const found = /\/Subtype \/Text[\s\S]*\/Contents <([0-9A-F]+)>/i.exec(String(document.context.lookup(one)));
      return found ? [Buffer.from(found[1]!, 'hex').swap16().toString('utf16le').slice(1)] : [];
    });
  }
});
