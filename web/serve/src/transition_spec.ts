// The Vega-Lite specification of a curve over one key, in the form of the report page's figures.
import type {TransitionPoint} from './heat';

export function transitionSpec(points: readonly TransitionPoint[], x: string, series: string, value: string, isFraction: boolean,
  colours: Map<string, string>): Record<string, unknown> {
  const numeric = points.every((point) => typeof point.x === 'number');
  const log = numeric && spansDecades(points.map((point) => point.x as number));
  const domain = [...colours.keys()];
  const xAxis = {field: 'x', type: numeric ? 'quantitative' : 'nominal', title: x,
    ...(numeric ? {scale: {zero: false, ...(log ? {type: 'log'} : {})}} : {}), ...(numeric ? {axis: {labelOverlap: 'greedy', format: '~g', tickCount: 8}} : {})};
  const y = {field: 'value', type: 'quantitative', title: value, ...(isFraction ? {scale: {domain: [0, 1]}, axis: {format: '~%', tickCount: 5}} : {})};
  const range = domain.map((name) => (colours.get(name) === 'ink' ? '#000000' : colours.get(name)!));
  const color = series ? {field: 'series', type: 'nominal', scale: {domain, range}, legend: {title: null, symbolType: 'stroke'}} : {value: '#0072b2'};
  const tooltip = [['x', x], ...(series ? [['series', series]] : []), ['value', value], ['low', 'low'], ['high', 'high'], ['count', 'runs']]
    .map(([field, title]) => ({field, title, type: 'nominal'}));
  return {
    width: 'container', height: 320, autosize: {type: 'fit', contains: 'padding'},
    data: {values: points.map((point) => ({...point}))},
    layer: [
      {mark: {type: 'line', strokeWidth: 2}, encoding: {x: xAxis, y, color}},
      {mark: {type: 'rule', opacity: 0.5}, encoding: {x: xAxis, y: {...y, field: 'low'}, y2: {field: 'high'}, color}},
      {mark: {type: 'point', filled: true, size: 55, opacity: 1}, encoding: {x: xAxis, y, color, tooltip}},
    ],
  };
}

/** Whether numbers are better seen on a log axis. */
function spansDecades(values: readonly number[]): boolean {
  const low = Math.min(...values), high = Math.max(...values);
  return low > 0 && high / low >= 30;
}
