import type { FormBlank, Quad } from '@docusnap/contracts';
import { type FilledBlank, fillBlanks } from '@docusnap/formats/fill-blanks';
import { boxOf, pathOf } from '../document/geometry.ts';
import type { ShownField } from './shown-fields.ts';

/** Of a blank's height the letters take so much at most, and of the page's width so much: as the filled PDF has them. */
const OF_ROOM = 0.72;
const OF_PAGE = 1 / 50;
/** Width of a letter of a usual word, in sizes. */
const LETTER = 0.55;
const WIDE_LETTER = 1;

/** Where the values of a page stand; the one that was chosen is stronger, and each can be chosen. */
export function FieldMarks({
  fields,
  page,
  chosen,
  onChoose,
}: {
  readonly fields: readonly ShownField[];
  readonly page: number;
  readonly chosen: string | null;
  readonly onChoose: (field: ShownField) => void;
}) {
  const here = fields.flatMap((field) =>
    field.evidence.filter((one) => one.page === page).map((one) => ({ field, quad: one.quad })),
  );
  return (
    <>
      {here.map(({ field, quad }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: who uses the keyboard chooses in the list beside, which says the same
        <path
          key={`${field.path} ${quad[0]}`}
          class={field.path === chosen ? 'mark field chosen' : 'mark field'}
          d={pathOf([quad])}
          onClick={() => onChoose(field)}
        >
          <title>{`${field.name}: ${field.value}`}</title>
        </path>
      ))}
    </>
  );
}

/** The blanks of a form on one of its pages, and the values that would be written into them. */
export function FilledMarks({
  blanks,
  values,
  page,
  chosen,
  width,
}: {
  readonly blanks: readonly FormBlank[];
  readonly values: Readonly<Record<string, string>>;
  readonly page: number;
  readonly chosen: string | null;
  /** Of the page, in its pixels. */
  readonly width: number;
}) {
  const filled = fillBlanks(blanks, values).blanks.filter((blank) => blank.page === page);
  const here = blanks.filter((blank) => blank.page === page);
  return (
    <>
      {here.map((blank) => (
        <path
          key={`${blank.label} ${blank.quad[0]}`}
          class={blank.label === chosen ? 'mark blank chosen' : 'mark blank'}
          d={pathOf([blank.quad])}
        />
      ))}
      {filled.map((blank) =>
        blank.isTick ? (
          <path key={`${blank.label} ${blank.quad[0]}`} class="ink tick" d={crossOf(blank.quad)} />
        ) : (
          <Written key={`${blank.label} ${blank.quad[0]}`} blank={blank} width={width} />
        ),
      )}
    </>
  );
}

function Written({ blank, width }: { readonly blank: FilledBlank; readonly width: number }) {
  const [a, b, , d] = blank.quad;
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const height = Math.hypot(d[0] - a[0], d[1] - a[1]);
  const letters = [...blank.value].reduce((sum, letter) => sum + (letter > '\u2e80' ? WIDE_LETTER : LETTER), 0);
  const size = Math.min(height * OF_ROOM, width * OF_PAGE, length / Math.max(letters, 1));
  const degrees = (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI;
  return (
    <text
      class="ink"
      font-size={size}
      transform={`translate(${d[0]} ${d[1]}) rotate(${degrees}) translate(${size * 0.15} ${-(height - size) / 2 - size * 0.12})`}
    >
      {blank.value}
    </text>
  );
}

function crossOf(quad: Quad): string {
  const { left, top, right, bottom } = boxOf([quad]);
  const inset = (right - left) * 0.18;
  return `M${left + inset} ${top + inset}L${right - inset} ${bottom - inset}M${right - inset} ${top + inset}L${left + inset} ${bottom - inset}`;
}
