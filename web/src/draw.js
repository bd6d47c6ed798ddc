// Draws the page's charts into the space that the page reserves for them.
import embed from 'vega-embed';

import {themeFor} from './theme.js';

const kNarrow = '(max-width: 640px)';

const specs = new Map();

/** The specification of a chart by name, parsed once. */
export function specOf(name) {
  if (!specs.has(name)) {
    const element = document.querySelector(`script[data-spec="${CSS.escape(name)}"]`);
    specs.set(name, JSON.parse(element.textContent));
  }
  return specs.get(name);
}

async function draw(element) {
  const name = element.dataset.chart;
  element.view?.finalize();
  try {
    const result = await embed(element, structuredClone(specOf(name)), {
      mode: 'vega-lite',
      renderer: 'canvas',
      config: themeFor(element.clientWidth),
      // The editor would be a web page; everything else works offline.
      actions: {export: true, source: false, compiled: false, editor: false},
      downloadFileName: name,
      tooltip: {theme: 'light'},
    });
    element.view = result;
  } catch (error) {
    element.textContent = `This chart could not be drawn: ${error.message}`;
  }
}

/** Draws one chart after the other, so that the page stays usable meanwhile. */
export async function drawAll() {
  for (const element of document.querySelectorAll('[data-chart]')) {
    await draw(element);
  }
}

// Legends have other column counts on narrow screens, which a resize alone would not change.
matchMedia(kNarrow).addEventListener('change', drawAll);
