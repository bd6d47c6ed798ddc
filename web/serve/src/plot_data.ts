// What a chart of curves draws, made ready for uPlot: no drawing here.
import {thinCurve} from './thin';
import type {Curve} from './types';

export type Axis = 'fraction' | 'log' | 'linear';

/** Columns that share a chart: accuracies, losses, and each other one alone. */
export interface Panel {
  title: string;
  axis: Axis;
  columns: string[];
}

export interface Series {
  run: string;
  column: string;
  label: string;
  colour: string;
  dash: number[];
  x: number[];
  y: (number | null)[];
}

const kDashes = [[], [6, 3], [2, 2], [10, 3, 2, 3], [12, 4]];
// Solid: test, which matters most; as on the report page.
const kOrder = ['test_', 'train_', 'never_seen_', 'removed_'];

export function wordsOf(column: string): string {
  return column.replaceAll('_', ' ');
}

function rank(column: string): number {
  const place = kOrder.findIndex((start) => column.startsWith(start));
  return place < 0 ? kOrder.length : place;
}

export function panelsOf(columns: readonly string[]): Panel[] {
  const ends = (word: string) => columns.filter((name) => name.endsWith(word)).sort((a, b) => rank(a) - rank(b));
  const accuracies = ends('accuracy'), losses = [...ends('loss'), ...columns.filter((name) => name === 'objective')];
  const others = columns.filter((name) => !accuracies.includes(name) && !losses.includes(name));
  const panels: Panel[] = [];
  if (accuracies.length) panels.push({title: 'Accuracy', axis: 'fraction', columns: accuracies});
  if (losses.length) panels.push({title: 'Loss', axis: 'log', columns: losses});
  for (const name of others) {
    const title = wordsOf(name);
    panels.push({title: title[0]!.toUpperCase() + title.slice(1), axis: 'linear', columns: [name]});
  }
  return panels;
}

export interface NamedCurve {
  curve: Curve;
  /** Where on the chart its step 0 lies: a fork counts its own steps, from the state it was made of. */
  offset?: number;
  label: string;
  colour: string;
}

/** Beyond so many, columns of a single run differ by colour alone, as on the report page. */
const kManyColumns = 3;
export function dashOf(column: number, panel: Panel, single: boolean): number {
  return single && panel.columns.length > kManyColumns ? 0 : column % kDashes.length;
}

/** A single run: colour and dash by column. Several: colour by run, dash by column. */
export function seriesOf(panel: Panel, curves: readonly NamedCurve[], columnColours: readonly string[], points: number): Series[] {
  const one = curves.length === 1;
  return curves.flatMap(({curve, label, colour, offset = 0}) => {
    const own = Object.fromEntries(panel.columns.map((name) => [name, curve.columns[name] ?? curve.step.map(() => null)]));
    const thin = thinCurve({...curve, columns: own}, points);
    return panel.columns.map((column, i): Series => ({
      run: curve.run, column, label: one ? wordsOf(column) : panel.columns.length > 1 ? `${label}, ${wordsOf(column)}` : label,
      colour: one ? columnColours[i % columnColours.length]! : colour, dash: kDashes[dashOf(i, panel, one)]!,
      x: offset ? thin.step.map((step) => step + offset) : thin.step, y: (thin.columns[column] ?? []).map((v) => (panel.axis === 'log' && v !== null && v <= 0 ? null : v)),
    }));
  });
}

/** One sentence that says what the chart shows, for those who do not see it. */
export function describe(panel: Panel, series: readonly Series[], write: (value: number) => string): string {
  if (series.length === 0) return `${panel.title}: no curve yet.`;
  const last = Math.max(...series.map((one) => one.x.at(-1) ?? 0));
  const ends = series.slice(0, 8).map((one) => {
    const value = one.y.filter((v): v is number => v !== null).at(-1);
    return `${one.label} ends at ${value === undefined ? 'no value' : write(value)}`;
  });
  const more = series.length > 8 ? `; and ${series.length - 8} more` : '';
  return `${panel.title} over steps 0 to ${last}, ${series.length === 1 ? 'one curve' : `${series.length} curves`}: ${ends.join('; ')}${more}.`;
}

/** Ticks of the step axis: 0 and powers of ten, or, linear, what the chart would choose. */
export function logSteps(last: number): number[] {
  const ticks = [0];
  for (let tick = 1; tick <= last; tick *= 10) ticks.push(tick);
  return ticks;
}

/** The place of the value of a joined column nearest to `index`, where the column has one. */
export function nearestDefined(values: ArrayLike<number | null | undefined>, index: number): number {
  for (let away = 0; away < values.length; ++away) {
    for (const i of [index - away, index + away]) {
      if (i >= 0 && i < values.length && values[i] !== null && values[i] !== undefined) return i;
    }
  }
  return -1;
}
