// Looks shared by all charts; specifications hold content only, so that they take on the style of wherever they open.

const kText = '#3d434d';
const kGrid = '#e8eaee';

/** Vega-Lite config for a chart `width` pixels wide. */
export function themeFor(width) {
  const narrow = width < 480;
  const label = narrow ? 11 : 12;
  return {
    background: 'transparent',
    font: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
    padding: 4,
    view: {stroke: null},
    axis: {
      labelColor: kText,
      titleColor: kText,
      labelFontSize: label,
      titleFontSize: label,
      titleFontWeight: 'normal',
      titlePadding: 8,
      labelPadding: 5,
      gridColor: kGrid,
      domainColor: '#aab0ba',
      tickColor: '#aab0ba',
      tickSize: 4,
    },
    axisX: {grid: false},
    axisQuantitative: {domain: true},
    legend: {
      orient: 'top',
      direction: 'horizontal',
      columns: narrow ? 2 : 4,
      columnPadding: 16,
      labelColor: kText,
      labelFontSize: label,
      labelLimit: narrow ? 130 : 220,
      titleColor: kText,
      titleFontSize: label,
      titleFontWeight: 'normal',
      symbolType: 'stroke',
      symbolSize: narrow ? 220 : 320,
      symbolStrokeWidth: 2,
      rowPadding: 3,
      offset: 8,
    },
    line: {strokeCap: 'butt', strokeJoin: 'round'},
  };
}
