// Looks shared by all charts; specifications hold content only, so that they take on the style of wherever they open.
import {kLabelSize} from './legend.js';

// The page's own ink, light or dark: charts as SVG follow it by themselves.
const kInk = 'currentColor';
const kInks = new Set(['#000000', '#1d2129', '#3d434d']);

/**
 * A specification in the page's colours: black among colours of series and of texts is ink, white around texts is
 * `paper`. Black and white of marks on a heat map stay, which captions name.
 */
export function inPageColours(spec, paper, key = '') {
  if (Array.isArray(spec)) return spec.map((item) => inPageColours(item, paper, key));
  if (spec !== null && typeof spec === 'object') {
    return Object.fromEntries(Object.entries(spec).map(([name, value]) =>
      [name, name === 'values' ? value : inPageColours(value, paper, name)]));
  }
  if ((key === 'range' || key === 'color') && kInks.has(spec)) return kInk;
  if ((key === 'stroke' || key === 'color') && spec === '#ffffff') return paper;
  return spec;
}

/** Vega-Lite config for a chart with the given legend layout (legend.js). */
export function themeFor({labelLimit}) {
  return {
    background: 'transparent',
    font: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
    padding: 4,
    view: {stroke: null},
    axis: {
      labelColor: kInk,
      titleColor: kInk,
      labelFontSize: kLabelSize,
      titleFontSize: kLabelSize,
      titleFontWeight: 'normal',
      titlePadding: 8,
      labelPadding: 5,
      gridColor: kInk,
      gridOpacity: 0.12,
      domainColor: kInk,
      domainOpacity: 0.4,
      tickColor: kInk,
      tickOpacity: 0.4,
      tickSize: 4,
    },
    axisX: {grid: false},
    legend: {
      orient: 'top',
      direction: 'horizontal',
      columnPadding: 16,
      rowPadding: 3,
      labelColor: kInk,
      labelFontSize: kLabelSize,
      labelLimit,
      titleColor: kInk,
      titleFontSize: kLabelSize,
      titleFontWeight: 'normal',
      symbolType: 'stroke',
      symbolSize: 260,
      symbolStrokeWidth: 2,
      offset: 8,
      layout: {top: {anchor: 'start', direction: 'vertical', margin: 3}},
    },
    line: {strokeCap: 'butt', strokeJoin: 'round'},
  };
}
