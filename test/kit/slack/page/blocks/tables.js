import { useState } from 'preact/hooks';
import { html } from '../html.js';
import { RichTextBlock } from './rich-text.js';

/** @param {any} cell */
const content = (cell) =>
  cell.type === 'rich_text' ? html`<${RichTextBlock} block=${cell} />` : (cell.text ?? '');

/** The first row of a `table` block is its head. @param {{block: any}} props */
export function TableBlock({ block }) {
  const [head = [], ...rows] = block.rows;
  const cell = (/** @type {string} */ tag) => (/** @type {any} */ each, /** @type {number} */ column) => {
    const { align = 'left', is_wrapped: wraps = false } = block.column_settings?.[column] ?? {};
    const look = { textAlign: align, whiteSpace: wraps ? 'normal' : 'nowrap' };
    return html`<${tag} scope=${tag === 'th' ? 'col' : undefined} style=${look}>${content(each)}<//>`;
  };
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Table">
    <table>
      <thead><tr>${head.map(cell('th'))}</tr></thead>
      <tbody>${rows.map((/** @type {any[]} */ row) => html`<tr>${row.map(cell('td'))}</tr>`)}</tbody>
    </table>
  </div>`;
}

/** The words of a cell, for sorting and filtering. @param {any} cell @returns {string} */
const wordsOf = (cell) => cell?.text ?? (cell?.elements ?? []).map(wordsOf).join(' ');

/** @param {any} a @param {any} b */
const compare = (a, b) =>
  a?.type === 'raw_number' && b?.type === 'raw_number'
    ? a.value - b.value
    : wordsOf(a).localeCompare(wordsOf(b), undefined, { numeric: true });

/** Figures stand to the right. @param {any} cell */
const look = (cell) => (cell?.type === 'raw_number' ? 'number' : '');

/** A table with a caption that the reader can filter, sort by a column, and turn the pages of. @param {{block: any}} props */
export function DataTableBlock({ block }) {
  const [sort, setSort] = useState({ column: -1, down: false });
  const [filter, setFilter] = useState('');
  const [page, setPage] = useState(0);
  const [head = [], ...all] = /** @type {any[][]} */ (block.rows);
  const size = block.page_size ?? 5;
  const found = all.filter((row) =>
    row.some((cell) => wordsOf(cell).toLowerCase().includes(filter.toLowerCase())),
  );
  if (sort.column >= 0) found.sort((a, b) => compare(a[sort.column], b[sort.column]) * (sort.down ? -1 : 1));
  const pages = Math.max(1, Math.ceil(found.length / size));
  const at = Math.min(page, pages - 1);
  const heading = block.row_header_column_index ?? 0;
  const sortBy = (/** @type {number} */ column) =>
    setSort({ column, down: sort.column === column && !sort.down });
  const order = (/** @type {number} */ column) =>
    sort.column !== column ? 'none' : sort.down ? 'descending' : 'ascending';
  const arrow = (/** @type {number} */ column) => (sort.column === column ? (sort.down ? ' ↓' : ' ↑') : '');
  return html`<div class="data-table">
    <div class="data-table-head">
      <strong>${block.caption}</strong>
      ${
        all.length > size &&
        html`<input class="control" type="search" placeholder="Filter" aria-label=${`Filter ${block.caption}`} value=${filter}
        onInput=${(/** @type {any} */ event) => setFilter(event.target.value)} />`
      }
    </div>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${block.caption}>
      <table>
        <caption class="visually-hidden">${block.caption}</caption>
        <thead><tr>${head.map(
          (cell, column) => html`<th scope="col" class=${look(all[0]?.[column])} aria-sort=${order(column)}>
            <button type="button" class="sort" onClick=${() => sortBy(column)}>${content(cell)}${arrow(column)}</button>
          </th>`,
        )}</tr></thead>
        <tbody>${found.slice(at * size, (at + 1) * size).map(
          (row) =>
            html`<tr>${row.map((cell, column) => {
              return column === heading
                ? html`<th scope="row" class=${look(cell)}>${content(cell)}</th>`
                : html`<td class=${look(cell)}>${content(cell)}</td>`;
            })}</tr>`,
        )}</tbody>
      </table>
    </div>
    ${
      pages > 1 &&
      html`<div class="data-table-foot">
      <button type="button" class="button button-quiet" disabled=${at === 0} onClick=${() => setPage(at - 1)}>Previous</button>
      <span>${at * size + 1}–${Math.min(found.length, (at + 1) * size)} of ${found.length}</span>
      <button type="button" class="button button-quiet" disabled=${at === pages - 1} onClick=${() => setPage(at + 1)}>Next</button>
    </div>`
    }
  </div>`;
}
