// Tables whose heads sort them: a click on a head sorts by its column, a second one the other way round.

/** What a cell counts as: a number where it is one, else its text; undefined for a cell without a value. */
export function cellValue(text, isEmpty) {
  if (isEmpty || text === '') return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/** The order of two cells' values; numbers before texts, cells without a value last whatever the direction. */
export function compareValues(a, b, direction) {
  if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return direction * (typeof a === 'number' ? a - b : a < b ? -1 : a > b ? 1 : 0);
}

function valueIn(row, column) {
  const cell = row.cells[column];
  return cellValue(cell.dataset.value ?? cell.textContent, cell.classList.contains('empty'));
}

/** Sorts the table of a head's button. */
export function onSort(event) {
  const button = event.target.closest('button[data-sort]');
  if (!button) return;
  const head = button.closest('th');
  const direction = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
  for (const other of head.parentElement.cells) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
  const body = button.closest('table').tBodies[0];
  const rows = [...body.rows];
  rows.sort((a, b) => compareValues(valueIn(a, head.cellIndex), valueIn(b, head.cellIndex), direction));
  body.append(...rows);
}
