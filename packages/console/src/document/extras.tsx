import type { PageText, Table } from '@docusnap/contracts';
import { LinkButton } from '../blocks/button.tsx';
import { words } from './words.ts';

/** What stands on a page beside its running text: tables, blanks, check boxes, barcodes. */
export function Extras({
  jobId,
  number,
  text,
}: {
  readonly jobId: string;
  readonly number: number;
  readonly text: PageText;
}) {
  const w = words();
  const { tables = [], blanks = [], checkboxes = [], barcodes = [] } = text;
  const facts = [
    blanks.length > 0 && w.blanks(blanks.length),
    checkboxes.length > 0 && w.boxes(checkboxes.filter((box) => box.checked).length, checkboxes.length),
  ].filter(Boolean);
  return (
    <>
      {facts.length > 0 && <p class="hint">{facts.join(' · ')}</p>}
      {barcodes.length > 0 && (
        <dl class="codes">
          <dt>{w.codes}</dt>
          {barcodes.map((code) => (
            <dd key={`${code.format} ${code.quad[0]}`}>
              <code>{code.text}</code> <span class="hint">{code.format}</span>
            </dd>
          ))}
        </dl>
      )}
      {tables.length > 0 && (
        <details class="more">
          <summary>{w.tables(tables.length)}</summary>
          <div class="body">
            {tables.map((table, index) => (
              <ReadTable
                key={`${table.quad[0]}`}
                table={table}
                name={w.table(index + 1)}
                csv={`/v1/jobs/${jobId}/pages/${number}/tables/${index + 1}.csv`}
                file={`page-${number}-table-${index + 1}.csv`}
              />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

function ReadTable({
  table,
  name,
  csv,
  file,
}: {
  readonly table: Table;
  readonly name: string;
  readonly csv: string;
  readonly file: string;
}) {
  const w = words();
  const rows = Array.from({ length: table.rows }, (_, row) => table.cells.filter((cell) => cell.row === row));
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section class="table read" aria-label={name} tabIndex={0}>
        <table>
          <caption>{name}</caption>
          <tbody>
            {rows.map((cells, row) => (
              <tr key={row}>
                {cells.map((cell) => (
                  <td key={cell.column} rowSpan={cell.row_span} colSpan={cell.column_span}>
                    {cell.text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <LinkButton kind="quiet" small icon="download" href={csv} download={file}>
        {w.tableCsv}
      </LinkButton>
    </div>
  );
}
