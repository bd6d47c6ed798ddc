// Looks shared by all charts; specifications hold content only, so that they take on the style of wherever they open.
import {kLabelSize} from './legend.js';

const kText = '#3d434d';
const kGrid = '#e8eaee';
const kAxis = '#aab0ba';

/** Vega-Lite config for a chart with the given legend layout (legend.js). */
export function themeFor({labelLimit}) {
  return {
    background: 'transparent',
    font: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
    padding: 4,
    view: {stroke: null},
    axis: {
      labelColor: kText,
      titleColor: kText,
      labelFontSize: kLabelSize,
      titleFontSize: kLabelSize,
      titleFontWeight: 'normal',
      titlePadding: 8,
      labelPadding: 5,
      gridColor: kGrid,
      domainColor: kAxis,
      tickColor: kAxis,
      tickSize: 4,
    },
    axisX: {grid: false},
    legend: {
      orient: 'top',
      direction: 'horizontal',
      columnPadding: 16,
      rowPadding: 3,
      labelColor: kText,
      labelFontSize: kLabelSize,
      labelLimit,
      titleColor: kText,
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
