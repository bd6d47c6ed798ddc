// Which columns the table shows, how wide they are and what stands at their heads.
import {isNumeric, kindOf, type Kind} from './format';
import {columnIndex, type Runs} from './list';
import type {Column} from './types';

export interface ShownColumn {
  name: string;
  index: number;
  kind: Kind;
  title: string;
  width: number;
  isKey: boolean;
}

const kUsual = ['run', 'name', 'tags', 'status', 'step', 'train_accuracy', 'test_accuracy', 'T_fit', 'T_grok', 'T_ungrok'];
const kMostKeys = 6;
const kTitles: Record<string, string> = {
  train_accuracy: 'train', test_accuracy: 'test', train_rows: 'train rows', train_loss: 'train loss', test_loss: 'test loss',
};
const kWidths: Partial<Record<Kind, number>> = {fraction: 88, count: 88, number: 92, seconds: 84, status: 118, time: 138, tags: 130, text: 128};

/** "optim.weight_decay" -> "weight_decay", as legends of the report page have it. */
export function shortKey(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function hasValue(runs: Runs, name: string): boolean {
  const index = columnIndex(runs, name);
  return index >= 0 && runs.rows.some((row) => {
    const cell = row[index];
    return cell !== null && cell !== '' && !(Array.isArray(cell) && cell.length === 0);
  });
}

/** What a reader sees who has chosen nothing: outcomes that any run has, the first keys that differ, the age. */
export function usualColumns(runs: Runs): string[] {
  const keys = runs.columns.filter((column) => column.key && column.name !== 'fork.run').map((column) => column.name);
  const outcomes = kUsual.filter((name) => ['run', 'status'].includes(name) || hasValue(runs, name));
  return [...outcomes, ...keys.slice(0, kMostKeys), ...(columnIndex(runs, 'created') >= 0 ? ['created'] : [])];
}

export function shownColumns(runs: Runs, chosen: readonly string[]): ShownColumn[] {
  const names = chosen.length ? chosen : usualColumns(runs);
  return names.map((name) => ({name, index: columnIndex(runs, name)})).filter(({index}) => index >= 0)
    .map(({name, index}) => {
      const column = runs.columns[index]!;
      const kind = kindOf(column);
      const title = titleOf(column);
      return {name, index, kind, title, width: Math.max(kWidths[kind] ?? 110, 34 + 8 * title.length), isKey: column.key === true};
    });
}

export function titleOf(column: Column): string {
  return kTitles[column.name] ?? (column.key ? shortKey(column.name) : column.name);
}

/** Columns that a group, an axis or a colour can be made of. */
export function groupColumns(runs: Runs): string[] {
  return runs.columns.filter((column) => column.key || ['status', 'task', 'train_rows', 'name', 'parent', 'engine'].includes(column.name))
    .map((column) => column.name);
}

/** Columns of numbers that say what came of a run. */
export function outcomeColumns(runs: Runs): string[] {
  return runs.columns.filter((column) => !column.key && isNumeric(kindOf(column))).map((column) => column.name);
}
