// Draws the page's charts into the space that the page reserves for them.
import embed from 'vega-embed';

import {kRowHeight, legendLayout, setLegendColumns} from './legend.js';
import {themeFor} from './theme.js';

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
  const spec = specOf(element.dataset.chart);
  const layout = legendLayout(spec, element.clientWidth);
  // No chart is taller than wide, but for the legends.
  const plotHeight = Math.min(spec.height, Math.max(300, element.clientWidth));
  const height = plotHeight + layout.rows * kRowHeight;
  const controlHeight = spec.params ? 40 : 0;
  element.style.height = `${height + controlHeight}px`;
  return {element, layout, height};
}

async function draw({element, layout, height}) {
  const name = element.dataset.chart;
  drawn.get(name)?.finalize();
  try {
    const spec = {...structuredClone(specOf(name)), height};
    setLegendColumns(spec, layout);
    const result = await embed(element, spec, {
      mode: 'vega-lite',
      renderer: 'canvas',
      config: themeFor(layout),
      // The editor would be a web page; everything else works offline.
      actions: {export: true, source: false, compiled: false, editor: false},
      downloadFileName: name,
      tooltip: {theme: 'light'},
    });
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

// Legends have other column counts on narrow screens, which a resize alone would not change.
matchMedia(kNarrow).addEventListener('change', drawAll);
