import type { ComponentChildren } from 'preact';

export interface Column<R> {
  readonly head: string;
  readonly cell: (row: R) => ComponentChildren;
  /** Figures stand right. */
  readonly figure?: boolean;
  /** Names its row to screen readers. */
  readonly names?: boolean;
  /** Stands on one line. */
  readonly short?: boolean;
  /** Left out where there is little room. */
  readonly wide?: boolean;
}

/** Rows under heads. It scrolls sideways in itself where the page is narrower. */
export function Table<R>({
  caption,
  columns,
  rows,
  keyOf,
  hideCaption = false,
}: {
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string | number;
  readonly hideCaption?: boolean;
}) {
  const look = (column: Column<R>) =>
    [column.figure && 'figure', column.short && 'short', column.wide && 'wide'].filter(Boolean).join(' ');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="table" aria-label={caption} tabIndex={0}>
      <table>
        <caption class={hideCaption ? 'unseen' : ''}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" class={look(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) =>
                column.names ? (
                  <th key={column.head} scope="row" class={look(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.head} class={look(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
