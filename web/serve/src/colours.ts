// Colours of runs and series: those of the report page (src/groklab/report/palette.h, plot_run.cc).
import type {Cell} from './types';

// Okabe and Ito's without yellow; the last is the page's own ink.
const kPalette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', 'ink'];
const kViridis = [
  [68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121],
  [110, 206, 88], [181, 222, 43], [253, 231, 37]] as const;

/** Viridis at `t` in [0, 1]. */
export function viridis(t: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, t)) * (kViridis.length - 1);
  const low = kViridis[Math.floor(place)]!, high = kViridis[Math.ceil(place)]!;
  const part = place - Math.floor(place);
  return [0, 1, 2].map((i) => Math.round(low[i]! + part * (high[i]! - low[i]!))) as [number, number, number];
}

const hex = (rgb: readonly number[]) => `#${rgb.map((v) => v.toString(16).padStart(2, '0')).join('')}`;

/** `n` colours from dark to light; without the palest end, which white paper swallows, or the darkest on dark paper. */
export function orderedColours(n: number, onDark = false): string[] {
  const first = onDark ? 0.3 : 0;
  return Array.from({length: n}, (_, i) => hex(viridis(first + (n < 2 ? 0 : ((onDark ? 0.7 : 0.9) * i) / (n - 1)))));
}

/** `n` colours that stay apart for colour-blind readers. */
export function runColours(n: number, onDark = false): string[] {
  return n <= kPalette.length ? kPalette.slice(0, n) : orderedColours(n, onDark);
}

export const kSplitColours: Record<string, string> = {test: kPalette[0]!, train: kPalette[1]!};

/** A palette's colour on this page: its last is ink, dark on light paper and light on dark. */
export function paint(colour: string, ink: string): string {
  return colour === 'ink' ? ink : colour;
}

/** Whether black text reads better on a colour than white does. */
export function wantsDarkText([r, g, b]: readonly number[]): boolean {
  const linear = [r!, g!, b!].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]! > 0.179;
}

export function compareValues(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const x = Number(a), y = Number(b);
  if (a !== '' && b !== '' && Number.isFinite(x) && Number.isFinite(y) && a !== null && b !== null) return x - y;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

/** Colours by the distinct values of a key: ordered colours for more than two numbers, else those of runs. */
export function coloursByValue(values: readonly Cell[], onDark = false): Map<string, string> {
  const distinct = [...new Map(values.map((v) => [String(v), v])).values()].sort(compareValues);
  const numbers = distinct.length > 2 && distinct.every((v) => typeof v === 'number');
  const colours = numbers ? orderedColours(distinct.length, onDark) : runColours(distinct.length, onDark);
  return new Map(distinct.map((value, i) => [String(value), colours[i]!]));
}
