// Numbers as text, as the report page and the program write them (src/groklab/view/text.h).
import type {Cell, Column} from './types';

export const kNothing = '\u2013';

/** 12345678 -> "12,345,678". */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A fraction as a percentage, rounded down to a tenth: "100%" means exactly all. */
export function formatFraction(value: number): string {
  if (value === 1) return '100%';
  return `${(Math.floor(value * 1000 + 1e-9) / 10).toFixed(1)}%`;
}

/** Four significant digits. */
export function formatNumber(value: number): string {
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7)) {
    return value.toExponential(3).replace(/\.?0+e/, 'e');
  }
  return String(Number(value.toPrecision(4)));
}

/** "0.42 s", "12.3 s", "4:05", "2:03:09". */
export function formatDuration(seconds: number): string {
  if (!(seconds >= 0)) return kNothing;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const pad = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${pad(whole % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
}

/** 20000 -> "20,000", 3e6 -> "3M", as on the step axis of the report page. */
export function formatStep(value: number): string {
  return value >= 1e6 ? `${Number((value / 1e6).toPrecision(6))}M` : value.toLocaleString('en-US');
}

export type Kind = 'fraction' | 'count' | 'number' | 'seconds' | 'text' | 'status' | 'time' | 'tags';

const kCounts = new Set(['step', 'T_fit', 'T_grok', 'T_ungrok', 'train_rows', 'parameters']);

/** How a column's values are written. Keys keep their digits: 0.3 is a setting, not a measured fraction. */
export function kindOf(column: Column): Kind {
  if (column.name === 'status') return 'status';
  if (column.name === 'created') return 'time';
  if (column.name === 'tags') return 'tags';
  if (column.name === 'seconds') return 'seconds';
  if (column.key) return column.type === 'number' || column.type === 'integer' ? 'number' : 'text';
  if (kCounts.has(column.name)) return 'count';
  if (column.name.endsWith('accuracy')) return 'fraction';
  return column.type === 'number' || column.type === 'integer' ? 'number' : 'text';
}

export function isNumeric(kind: Kind): boolean {
  return kind === 'fraction' || kind === 'count' || kind === 'number' || kind === 'seconds';
}

export function formatOf(kind: Kind, value: number): string {
  if (kind === 'fraction') return formatFraction(value);
  if (kind === 'count') return formatCount(value);
  return kind === 'seconds' ? formatDuration(value) : formatNumber(value);
}

/** A cell as text; never HTML. */
export function cellText(cell: Cell | undefined, kind: Kind): string {
  if (cell === null || cell === undefined || cell === '') return kNothing;
  if (Array.isArray(cell)) return cell.length ? cell.join(', ') : kNothing;
  if (typeof cell === 'number' && isNumeric(kind)) return formatOf(kind, cell);
  if (kind === 'time') return String(cell).replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, '');
  return String(cell);
}

/** The difference of a row's number to that of the pinned baseline: "+1,200", "−3.2 pp". */
export function differenceText(cell: Cell | undefined, base: Cell | undefined, kind: Kind): string {
  if (typeof cell !== 'number' || typeof base !== 'number') return cellText(cell, kind);
  const difference = cell - base;
  if (difference === 0) return '=';
  const sign = difference > 0 ? '+' : '\u2212';
  const size = Math.abs(difference);
  if (kind === 'fraction') return `${sign}${formatNumber(Number((size * 100).toPrecision(3)))} pp`;
  return sign + formatOf(kind, size);
}
