// Sweeps, computed from the list: cells over two keys, and curves over one.
import {compareValues} from './colours';
import {hasGrokked, medianOf} from './group';
import type {Runs} from './list';
import type {Cell, Row} from './types';

/** What a cell shows: the fraction of its runs that grokked, or the median of a column. */
export const kGrokkedShare = 'grokked';

export interface HeatCell {
  x: Cell;
  y: Cell;
  count: number;
  grokked: number;
  value: number | null;
}

export interface HeatMap {
  xs: Cell[];
  ys: Cell[];
  /** By row of y, then x; undefined where no run lies. */
  cells: (HeatCell | undefined)[][];
  low: number;
  high: number;
}

function distinct(rows: readonly Row[], index: number): Cell[] {
  const values = new Map<string, Cell>();
  for (const row of rows) values.set(String(row[index] ?? null), row[index] ?? null);
  return [...values.values()].sort(compareValues);
}

function shownValue(rows: readonly Row[], outcome: string, index: number, grok: number): {value: number | null; grokked: number} {
  const grokked = rows.reduce((n, row) => n + Number(hasGrokked(row[grok])), 0);
  if (outcome === kGrokkedShare) return {value: grokked / rows.length, grokked};
  const values = rows.map((row) => row[index]).filter((v): v is number => typeof v === 'number').sort((a, b) => a - b);
  return {value: medianOf(values), grokked};
}

export function heatMap(runs: Runs, rows: readonly Row[], x: string, y: string, outcome: string): HeatMap {
  const place = (name: string) => runs.columns.findIndex((column) => column.name === name);
  const ix = place(x), iy = place(y), io = place(outcome), ig = place('T_grok');
  const xs = distinct(rows, ix), ys = distinct(rows, iy);
  const column = new Map(xs.map((value, i) => [String(value), i])), line = new Map(ys.map((value, i) => [String(value), i]));
  const bins: Row[][][] = ys.map(() => xs.map(() => []));
  for (const row of rows) bins[line.get(String(row[iy] ?? null))!]![column.get(String(row[ix] ?? null))!]!.push(row);
  let low = Infinity, high = -Infinity;
  const cells = bins.map((binsOfLine, j) => binsOfLine.map((bin, i): HeatCell | undefined => {
    if (bin.length === 0) return undefined;
    const {value, grokked} = shownValue(bin, outcome, io, ig);
    if (value !== null) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return {x: xs[i]!, y: ys[j]!, count: bin.length, grokked, value};
  }));
  return {xs, ys, cells, low, high};
}

/** Wilson's 95 % interval of a fraction. */
export function wilson(hits: number, n: number): [number, number] {
  const z = 1.959964, p = hits / n, scale = 1 + (z * z) / n;
  const middle = (p + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

export interface TransitionPoint {
  x: Cell;
  series: string;
  value: number;
  low: number;
  high: number;
  count: number;
}

/** One point for each x and series; low and high: Wilson's interval of a fraction, the quartiles of an outcome. */
export function transition(runs: Runs, rows: readonly Row[], x: string, series: string, outcome: string): TransitionPoint[] {
  const place = (name: string) => runs.columns.findIndex((column) => column.name === name);
  const ix = place(x), is = place(series), io = place(outcome), ig = place('T_grok');
  const bins = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row[ix] ?? null, is < 0 ? '' : String(row[is] ?? '')]);
    const bin = bins.get(key);
    if (bin) bin.push(row);
    else bins.set(key, [row]);
  }
  const points: TransitionPoint[] = [];
  for (const [key, bin] of bins) {
    const [value, name] = JSON.parse(key) as [Cell, string];
    const point = pointOf(bin, outcome, io, ig);
    if (point && value !== null) points.push({x: value, series: name, ...point, count: bin.length});
  }
  return points.sort((a, b) => compareValues(a.series, b.series) || compareValues(a.x, b.x));
}

function pointOf(rows: readonly Row[], outcome: string, index: number, grok: number) {
  const {value, grokked} = shownValue(rows, outcome, index, grok);
  if (value === null) return null;
  if (outcome === kGrokkedShare) {
    const [low, high] = wilson(grokked, rows.length);
    return {value, low, high};
  }
  const values = rows.map((row) => row[index]).filter((v): v is number => typeof v === 'number').sort((a, b) => a - b);
  const at = (q: number) => values[Math.round(q * (values.length - 1))]!;
  return {value, low: at(0.25), high: at(0.75)};
}
