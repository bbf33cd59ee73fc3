import {
  PDFBool,
  PDFCheckBox,
  type PDFDocument,
  PDFDropdown,
  type PDFField,
  PDFHexString,
  PDFName,
  PDFOptionList,
  type PDFPage,
  PDFRadioGroup,
  PDFString,
  PDFTextField,
} from '@cantoo/pdf-lib';
import { lettersOf, YES } from './fill-blanks.ts';

/** The fields a PDF itself has to fill (AcroForm). */
export interface FormFields {
  /** Fills those whose name or tooltip is the label. Gives the labels it found a field for. */
  fillByName(values: Readonly<Record<string, string>>): Set<string>;
  /** Fills the field that lies at a point of a page. Says whether there is one that took it. */
  fillAt(page: PDFPage, point: readonly [number, number], value: string): boolean;
}

const NO = /^(?:no|false|off|nein|non|否|无)$/iu;

/** Null where the PDF has none. */
export function formFieldsOf(document: PDFDocument): FormFields | null {
  // getForm() would make one.
  if (!document.catalog.getAcroForm()) return null;
  const form = document.getForm();
  const fields = form.getFields();

  function fill(field: PDFField, value: string): boolean {
    if (field.isReadOnly() || !setValue(field, value)) return false;
    try {
      field.defaultUpdateAppearances(form.getDefaultFont());
    } catch {
      // Letters that Helvetica has not: the viewer draws them itself.
      form.acroForm.dict.set(PDFName.of('NeedAppearances'), PDFBool.True);
    }
    return true;
  }

  return {
    fillByName: (values) => {
      const byName = new Map<string, PDFField>();
      for (const field of fields) for (const name of namesOf(field)) byName.set(lettersOf(name), field);
      return new Set(
        Object.entries(values).flatMap(([label, value]) => {
          const field = byName.get(lettersOf(label));
          return field && fill(field, value) ? [label] : [];
        }),
      );
    },
    fillAt: (page, [x, y], value) => {
      const field = fields.find((one) =>
        one.acroField.getWidgets().some((widget) => {
          const { x: left, y: low, width, height } = widget.getRectangle();
          const isInside = x >= left && x <= left + width && y >= low && y <= low + height;
          return isInside && (widget.P() === undefined || widget.P() === page.ref);
        }),
      );
      return field !== undefined && fill(field, value);
    },
  };
}

/** What a field is called: in the file, of which only the last part tells, and to people. */
function namesOf(field: PDFField): string[] {
  const tooltip = field.acroField.dict.lookup(PDFName.of('TU'));
  const told = tooltip instanceof PDFString || tooltip instanceof PDFHexString ? [tooltip.decodeText()] : [];
  return [field.getName().split('.').at(-1) ?? '', ...told].filter((name) => lettersOf(name) !== '');
}

/** False where the field does not take the value: too long, or none of its options. */
function setValue(field: PDFField, value: string): boolean {
  if (field instanceof PDFTextField) {
    const most = field.getMaxLength();
    if (most !== undefined && value.length > most) return false;
    field.setText(value);
    return true;
  }
  if (field instanceof PDFCheckBox) {
    const isYes = YES.test(value.trim());
    if (isYes) field.check();
    else if (NO.test(value.trim())) field.uncheck();
    else return false;
    return true;
  }
  if (field instanceof PDFRadioGroup || field instanceof PDFDropdown || field instanceof PDFOptionList) {
    const option = field.getOptions().find((one) => lettersOf(one) === lettersOf(value));
    if (option === undefined) return false;
    field.select(option);
    return true;
  }
  return false;
}
