// Curves: joining what comes in, and leaving out points that no screen shows.
import type {Curve} from './types';

/** A curve with `more` behind it: records of steps it has already are replaced. */
export function appendCurve(curve: Curve, more: Curve): Curve {
  const first = more.step[0];
  if (first === undefined) return curve;
  let keep = curve.step.length;
  while (keep > 0 && curve.step[keep - 1]! >= first) --keep;
  const columns: Curve['columns'] = {};
  for (const [name, values] of Object.entries(curve.columns)) {
    columns[name] = [...values.slice(0, keep), ...(more.columns[name] ?? more.step.map(() => null))];
  }
  return {run: curve.run, step: [...curve.step.slice(0, keep), ...more.step], columns};
}

/**
 * Places of at most `points` records: first and last, and of each stretch of equal width on the axis log(1 + step) the
 * record that lies farthest from the stretch before it in any column, so that falls and spikes survive.
 */
export function thinnedPlaces(curve: Curve, points: number): number[] {
  const n = curve.step.length;
  if (n <= points) return Array.from({length: n}, (_, i) => i);
  const last = Math.log1p(curve.step[n - 1]!), stretches = Math.max(1, points - 2);
  const series = Object.values(curve.columns).map(withRange);
  const places = [0];
  let before = 0;
  for (let i = 1, stretch = 0; i < n - 1 && stretch < stretches; ++stretch) {
    const end = (last * (stretch + 1)) / stretches;
    let best = -1, farthest = -1;
    for (; i < n - 1 && (Math.log1p(curve.step[i]!) <= end || stretch === stretches - 1); ++i) {
      const distance = Math.max(0, ...series.map(({values, range}) => Math.abs((values[i] ?? 0) - (values[before] ?? 0)) / range));
      if (distance >= farthest) [best, farthest] = [i, distance];
    }
    if (best >= 0) places.push((before = best));
  }
  places.push(n - 1);
  return places;
}

function withRange(values: (number | null)[]): {values: (number | null)[]; range: number} {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return {values, range: high > low ? high - low : 1};
}

export function thinCurve(curve: Curve, points: number): Curve {
  const places = thinnedPlaces(curve, points);
  if (places.length === curve.step.length) return curve;
  const columns = Object.fromEntries(Object.entries(curve.columns).map(([name, values]) =>
    [name, places.map((i) => values[i] ?? null)]));
  return {run: curve.run, step: places.map((i) => curve.step[i]!), columns};
}
