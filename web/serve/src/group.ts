// Rows by the value of a column, with what came of them.
import {compareValues} from './colours';
import type {Runs} from './list';
import type {Cell, Row} from './types';

export interface Summary {
  count: number;
  /** Runs that have the outcome. */
  known: number;
  min: number | null;
  median: number | null;
  max: number | null;
  grokked: number;
  of: number;
}

export interface Group {
  value: Cell;
  rows: Row[];
  summary: Summary;
}

/** The middle of sorted numbers. */
export function medianOf(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A fork that generalises from its step 0 did not grok: it began so. */
export function hasGrokked(grokStep: Cell | undefined): boolean {
  return typeof grokStep === 'number' && grokStep > 0;
}

/** What came of rows: numbers of the column `outcome`, and how many of them grokked. */
export function summarise(runs: Runs, rows: readonly Row[], outcome: string): Summary {
  const index = runs.columns.findIndex((column) => column.name === outcome);
  const grok = runs.columns.findIndex((column) => column.name === 'T_grok');
  const values: number[] = [];
  let grokked = 0;
  for (const row of rows) {
    const value = row[index];
    if (typeof value === 'number' && Number.isFinite(value)) values.push(value);
    if (hasGrokked(row[grok])) ++grokked;
  }
  values.sort((a, b) => a - b);
  return {
    count: rows.length, known: values.length, min: values[0] ?? null, median: medianOf(values),
    max: values[values.length - 1] ?? null, grokked, of: rows.length,
  };
}

/** Rows by the value of `column`, in the values' order; within a group as they were. */
export function groupRows(runs: Runs, rows: readonly Row[], column: string, outcome: string): Group[] {
  const index = runs.columns.findIndex((c) => c.name === column);
  const groups = new Map<string, {value: Cell; rows: Row[]}>();
  for (const row of rows) {
    const value = row[index] ?? null;
    const key = String(value);
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, {value, rows: [row]});
  }
  return [...groups.values()]
    .sort((a, b) => Number(a.value === null) - Number(b.value === null) || compareValues(a.value, b.value))
    .map((group) => ({...group, summary: summarise(runs, group.rows, outcome)}));
}
