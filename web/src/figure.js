// A chart as the text of an SVG file, drawn without a page: for groklab export --format figures, in node or in a browser.
import {csvParseRows} from 'd3-dsv';
import {View, parse} from 'vega';
import {compile} from 'vega-lite';

import {chartSize, setLegendColumns} from './legend.js';
import {withRows} from './rows.js';
import {inPageColours, themeFor} from './theme.js';

/** Black on white, `width` CSS pixels wide: what a page shows that is so wide, in the light. */
export async function svgOf(spec, width) {
  const {layout, height} = chartSize(spec, width);
  const full = {...inPageColours(withRows(spec, csvParseRows), '#ffffff'), width, height, autosize: {type: 'fit', contains: 'padding'}};
  setLegendColumns(full, layout);
  const {spec: vega} = compile(full, {config: {...themeFor(layout), background: 'white'}});
  const view = new View(parse(vega), {renderer: 'none'});
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
