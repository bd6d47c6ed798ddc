// Figures in the report page's own style, with its own modules: the same specification looks the same on both pages.
import {csvParseRows} from 'd3-dsv';
import embed from 'vega-embed';
import {expressionInterpreter} from 'vega-interpreter';

import {mendForReaders} from '../../src/accessible.js';
import {chartSize, setLegendColumns} from '../../src/legend.js';
import {withRows} from '../../src/rows.js';
import {inPageColours, themeFor} from '../../src/theme.js';

type Spec = Record<string, unknown> & {height?: number; data?: {values?: unknown}};

// More marks than this are drawn as pixels, as on the report page.
const kMostSvgRows = 4000;

export interface Drawn {
  finalize(): void;
}

/** Draws a specification into an element as wide as its place; what it returns lets go of it. */
export async function drawFigure(element: HTMLElement, name: string, title: string, spec: Spec, paper: string): Promise<Drawn> {
  const {layout, height, reserved} = chartSize(spec, element.clientWidth);
  element.style.minHeight = `${reserved}px`;
  const shown = {...inPageColours(withRows(spec, csvParseRows), paper), height} as Spec;
  setLegendColumns(shown, layout);
  const rows = shown.data?.values;
  const drawn = await embed(element, shown as never, {
    mode: 'vega-lite',
    renderer: Array.isArray(rows) && rows.length > kMostSvgRows ? 'canvas' : 'svg',
    config: themeFor(layout) as never,
    actions: {export: true, source: false, compiled: false, editor: false},
    downloadFileName: name,
    tooltip: {disableDefaultStyle: true},
    defaultStyle: false,
    forceActionsMenu: true,
    // The page's policy forbids to make code from texts: expressions are walked.
    ast: true,
    expr: expressionInterpreter as never,
  });
  mendForReaders(element, title);
  return drawn;
}
