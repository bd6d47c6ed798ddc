// Which rows are shown: an instant text filter and exact values of columns.
import {kindOf, cellText} from './format';
import type {Runs} from './list';
import type {Cell, Row} from './types';

/** A column's exact value, as a click on a cell of a heat map sets it. */
export interface Pick {
  column: string;
  value: string;
}

function lowerText(row: Row): string {
  let text = '';
  for (const cell of row) {
    if (cell === null || cell === undefined) continue;
    text += `${Array.isArray(cell) ? cell.join(' ') : String(cell)}\n`;
  }
  return text.toLowerCase();
}

/**
 * Whether a row passes: every word must occur in it. `-word` must not; `column:word` asks that column alone;
 * `key=value`, `key<value`, `key>value` compare.
 */
export function textFilter(runs: Runs, text: string): (row: Row) => boolean {
  const tests = text.toLowerCase().split(/\s+/).filter(Boolean).map((word) => wordTest(runs, word));
  return (row) => tests.every((test) => test(row));
}

function wordTest(runs: Runs, word: string): (row: Row) => boolean {
  if (word.length > 1 && word.startsWith('-')) {
    const test = wordTest(runs, word.slice(1));
    return (row) => !test(row);
  }
  const match = /^([^:=<>]+)(:|=|<=|>=|<|>)(.+)$/.exec(word);
  const index = match ? findColumn(runs, match[1]!) : -1;
  if (!match || index < 0) return (row) => lowerText(row).includes(word);
  const kind = kindOf(runs.columns[index]!);
  return (row) => compare(row[index], match[2]!, match[3]!, (cell) => cellText(cell, kind));
}

/** A column by its name or by the last part of it ("weight_decay"). */
export function findColumn(runs: Runs, name: string): number {
  const exact = runs.columns.findIndex((column) => column.name.toLowerCase() === name);
  return exact >= 0 ? exact : runs.columns.findIndex((column) => column.name.toLowerCase().endsWith(`.${name}`));
}

function compare(cell: Cell | undefined, operator: string, wanted: string, text: (cell: Cell) => string): boolean {
  if (cell === null || cell === undefined) return false;
  const own = Array.isArray(cell) ? cell.join(' ').toLowerCase() : String(cell).toLowerCase();
  if (operator === ':') return own.includes(wanted) || text(cell).toLowerCase().includes(wanted);
  const percent = wanted.endsWith('%');
  const number = Number(percent ? wanted.slice(0, -1) : wanted) / (percent ? 100 : 1);
  if (typeof cell === 'number' && Number.isFinite(number)) {
    if (operator === '=') return cell === number;
    if (operator === '<') return cell < number;
    if (operator === '>') return cell > number;
    return operator === '<=' ? cell <= number : cell >= number;
  }
  return operator === '=' && own === wanted;
}

export interface Filter {
  text: string;
  picks: Pick[];
  /** The runs that the server's condition lets through; null: no condition. */
  allowed: Set<string> | null;
}

/** The rows that pass. */
export function filterRows(runs: Runs, filter: Filter): Row[] {
  const id = runs.columns.findIndex((column) => column.name === 'run');
  const picks = filter.picks.map((pick) => ({index: runs.columns.findIndex((c) => c.name === pick.column), value: pick.value}));
  const passes = filter.text.trim() ? textFilter(runs, filter.text) : null;
  if (!filter.allowed && !passes && picks.length === 0) return runs.rows;
  return runs.rows.filter((row) =>
    (!filter.allowed || filter.allowed.has(String(row[id]))) &&
    picks.every(({index, value}) => index < 0 || String(row[index]) === value) &&
    (!passes || passes(row)));
}
