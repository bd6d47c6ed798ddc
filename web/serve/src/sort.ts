// The order of rows. Cells without a value come last whatever the direction; numbers before texts.
import type {Runs} from './list';
import type {Cell, Row} from './types';

export interface Order {
  column: string;
  descending: boolean;
}

function isEmpty(cell: Cell | undefined): boolean {
  return cell === null || cell === undefined || cell === '' || (Array.isArray(cell) && cell.length === 0);
}

export function compareCells(a: Cell | undefined, b: Cell | undefined, direction: number): number {
  if (isEmpty(a) || isEmpty(b)) return Number(isEmpty(a)) - Number(isEmpty(b));
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
  const x = String(a), y = String(b);
  return direction * (x < y ? -1 : x > y ? 1 : 0);
}

/** The rows in order; equal ones stay as they were (newest first). */
export function sortRows(runs: Runs, rows: Row[], order: Order | null): Row[] {
  const index = order ? runs.columns.findIndex((column) => column.name === order.column) : -1;
  if (!order || index < 0) return rows;
  const direction = order.descending ? -1 : 1;
  return rows.slice().sort((a, b) => compareCells(a[index], b[index], direction));
}

/** What a click on a head makes of the order: up, down, as it was. */
export function nextOrder(order: Order | null, column: string): Order | null {
  if (!order || order.column !== column) return {column, descending: false};
  return order.descending ? null : {column, descending: true};
}
