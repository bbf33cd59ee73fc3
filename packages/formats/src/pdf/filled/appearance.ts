import {
  PDFBool,
  type PDFDocument,
  PDFDropdown,
  type PDFField,
  type PDFForm,
  PDFName,
  PDFObjectParser,
  PDFOptionList,
  PDFTextField,
} from '@cantoo/pdf-lib';
import { fitText } from '../../characters.ts';
import { latin } from '../writer.ts';
import { fontsIn, LATIN_FONT, runsOf } from './lettering-fonts.ts';
import { writeBlanks } from './written.ts';

type Point = [x: number, y: number];
type Widget = ReturnType<PDFTextField['acroField']['getWidgets']>[number];

/** Values are as large as on a page of A4, which is so wide in points. */
const PAGE_WIDTH = 595;

/**
 * Makes a field show the value that it has. The library writes "?" for letters that Helvetica has not, so those are written as in blanks. False where
 * no font of ours has them: then it is left to viewers to show it, with what fonts they have.
 */
export function showValue(document: PDFDocument, field: PDFField): boolean {
  const form = document.getForm();
  const letters = lettersShownIn(field);
  const runs = runsOf(fitText(letters));
  if (runs?.every(({ font }) => font === LATIN_FONT) && isDrawn(form, field)) return true;
  if (runs && field instanceof PDFTextField && isWritten(document, field)) return true;
  form.acroForm.dict.set(PDFName.of('NeedAppearances'), PDFBool.True);
  if (letters === '') return true;
  for (const widget of field.acroField.getWidgets()) widget.dict.delete(PDFName.of('AP'));
  return false;
}

/** What is to be read in a field: a list shows all that may be chosen. Boxes and buttons show signs. */
function lettersShownIn(field: PDFField): string {
  if (field instanceof PDFTextField) return field.getText() ?? '';
  if (field instanceof PDFDropdown) return field.getSelected().join(' ');
  return field instanceof PDFOptionList ? field.getOptions().join(' ') : '';
}

/** The library throws on a field whose own description it cannot follow. */
function isDrawn(form: PDFForm, field: PDFField): boolean {
  try {
    field.defaultUpdateAppearances(form.getDefaultFont());
    return true;
  } catch {
    return false;
  }
}

/** Writes a value upon what the field looks like without one: its ground and border. Turned fields are left to viewers. */
function isWritten(document: PDFDocument, field: PDFTextField): boolean {
  const value = field.getText() ?? '';
  const widgets = field.acroField.getWidgets();
  if (widgets.some((widget) => (widget.getAppearanceCharacteristics()?.getRotation() ?? 0) !== 0)) return false;
  field.setText('');
  const isEmptied = isDrawn(document.getForm(), field);
  field.setText(value);
  return isEmptied && widgets.every((widget) => isWrittenUpon(document, widget, value));
}

function isWrittenUpon({ context }: PDFDocument, widget: Widget, value: string): boolean {
  const { width, height } = widget.getRectangle();
  const quad = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ] as [Point, Point, Point, Point];
  const blank = { label: '', key: '', page: 1, quad, value, isTick: false };
  const { content, unshown } = writeBlanks([blank], [1, 0, 0, -1, 0, height], { width: PAGE_WIDTH });
  if (unshown.length > 0) return false;
  const fonts = fontsIn(content).map(({ name, dictionary }) => [
    name,
    context.register(PDFObjectParser.forBytes(latin(dictionary), context).parseObject()),
  ]);
  const shown = context.flateStream(latin(`/Empty Do\n/Tx BMC\n${content}EMC\n`), {
    Type: 'XObject',
    Subtype: 'Form',
    BBox: [0, 0, width, height],
    Resources: { XObject: { Empty: widget.getNormalAppearance() }, Font: Object.fromEntries(fonts) },
  });
  widget.setNormalAppearance(context.register(shown));
  return true;
}
