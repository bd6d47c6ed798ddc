// Draws the page's charts into the space that the page reserves for them.
import {csvParseRows} from 'd3-dsv';
import embed from 'vega-embed';
import {expressionInterpreter} from 'vega-interpreter';

import {mendForReaders} from './accessible.js';
import {chartSize, setLegendColumns} from './legend.js';
import {withRows} from './rows.js';
import {inPageColours, themeFor} from './theme.js';

// More marks than this are drawn as pixels: a heat map of 12,769 cells takes seconds as SVG.
const kMostSvgRows = 4000;
const kNarrow = '(max-width: 640px)';

const specs = new Map();
const drawn = new Map();

/** The specification of a chart by name, parsed once. */
export function specOf(name) {
  if (!specs.has(name)) {
    const element = document.querySelector(`script[data-spec="${CSS.escape(name)}"]`);
    specs.set(name, JSON.parse(element.textContent));
  }
  return specs.get(name);
}

/** Makes room for the legends before anything is drawn; their rows depend on the page's width. */
function reserve(element) {
  const {layout, height, reserved} = chartSize(specOf(element.dataset.chart), element.clientWidth);
  element.style.height = `${reserved}px`;
  return {element, layout, height};
}

async function draw({element, layout, height}) {
  const name = element.dataset.chart;
  drawn.get(name)?.finalize();
  try {
    const paper = getComputedStyle(document.documentElement).getPropertyValue('--paper').trim();
    const spec = {...inPageColours(withRows(specOf(name), csvParseRows), paper), height};
    setLegendColumns(spec, layout);
    const result = await embed(element, spec, {
      mode: 'vega-lite',
      renderer: spec.data.values.length > kMostSvgRows ? 'canvas' : 'svg',
      config: themeFor(layout),
      // The editor would be a web page; everything else works offline.
      actions: {export: true, source: false, compiled: false, editor: false},
      downloadFileName: name,
      tooltip: {disableDefaultStyle: true},
      defaultStyle: false,
      // Without its own style it would show the menu open, over the chart; page.css has the style of the closed one.
      forceActionsMenu: true,
      // Expressions are walked, not compiled: the page's policy forbids to make code from texts.
      ast: true,
      expr: expressionInterpreter,
    });
    mendForReaders(element, name);
    drawn.set(name, result);
  } catch (error) {
    element.textContent = `This chart could not be drawn: ${error.message}`;
  }
}

/** Draws one chart after the other, so that the page stays usable meanwhile. */
export async function drawAll() {
  const places = [...document.querySelectorAll('[data-chart]')].map(reserve);
  for (const place of places) {
    await draw(place);
  }
}

/** Draws anew where the page's looks change. */
export function redrawOnChange() {
  // Legends have other column counts on narrow screens, which a resize alone would not change.
  matchMedia(kNarrow).addEventListener('change', drawAll);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
}
