import {
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
import { showValue } from './appearance.ts';
import { type FilledBlank, lettersOf, YES } from './fill-blanks.ts';

/** A field has its value in any case; no font of ours may have the letters to show it. */
export type Filled = 'shown' | 'unshown';

/** The fields a PDF itself has to fill (AcroForm). */
export interface FormFields {
  /** Fills those whose name or tooltip is the label, where that is the name of one only. Gives the labels it found a field for. */
  fillByName(values: Readonly<Record<string, string>>): Map<string, Filled>;
  /** Fills the field that lies at a point of a page; undefined where there is none that took it. */
  fillAt(page: PDFPage, point: readonly [number, number], blank: FilledBlank): Filled | undefined;
}

const NO = /^(?:no|false|off|nein|non|否|无)$/iu;

/** Null where the PDF has none. */
export function formFieldsOf(document: PDFDocument): FormFields | null {
  // getForm() would make one.
  if (!document.catalog.getAcroForm()) return null;
  const form = document.getForm();
  const fields = form.getFields();

  function fill(field: PDFField, value: string, isTick = false): Filled | undefined {
    if (field.isReadOnly() || (!(isTick && ticked(field)) && !setValue(field, value))) return undefined;
    return showValue(document, field) ? 'shown' : 'unshown';
  }

  return {
    fillByName: (values) => {
      const fieldOf = fieldsByName(fields);
      return new Map(
        Object.entries(values).flatMap(([label, value]) => {
          const field = fieldOf(label);
          const filled = field && fill(field, value);
          return filled ? [[label, filled]] : [];
        }),
      );
    },
    fillAt: (page, [x, y], { value, isTick }) => {
      const field = fields.find((one) =>
        one.acroField.getWidgets().some((widget) => {
          const { x: left, y: low, width, height } = widget.getRectangle();
          const isInside = x >= left && x <= left + width && y >= low && y <= low + height;
          return isInside && (widget.P() === undefined || widget.P() === page.ref);
        }),
      );
      return field && fill(field, value, isTick);
    },
  };
}

/**
 * The field of a label: the one that has it as its name in the file or as its tooltip, else the only one whose name ends in it. "Name" is
 * neither "Applicant.Name" nor "Spouse.Name" where a form has both: where they lie has to tell.
 */
function fieldsByName(fields: readonly PDFField[]): (label: string) => PDFField | undefined {
  const known = [fullNamesOf, shortNamesOf].map((of) => {
    const named = fields.flatMap((field) => [...new Set(of(field).map(lettersOf))].map((name) => ({ name, field })));
    return Map.groupBy(
      named.filter(({ name }) => name !== ''),
      ({ name }) => name,
    );
  });
  return (label) => {
    const found = known.map((names) => names.get(lettersOf(label)) ?? []).find((some) => some.length > 0) ?? [];
    return found.length === 1 ? found[0]!.field : undefined;
  };
}

/** What a field is called in the file and to people. */
function fullNamesOf(field: PDFField): string[] {
  const tooltip = field.acroField.dict.lookup(PDFName.of('TU'));
  const told = tooltip instanceof PDFString || tooltip instanceof PDFHexString ? [tooltip.decodeText()] : [];
  return [field.getName(), ...told];
}

/** The last part of a name: those before it are what the field is a part of. */
function shortNamesOf(field: PDFField): string[] {
  return [field.getName().split('.').at(-1) ?? ''];
}

/** Ticks a box whatever its answer is, "no" too; false for a field that is no box. */
function ticked(field: PDFField): boolean {
  if (!(field instanceof PDFCheckBox)) return false;
  field.check();
  return true;
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
