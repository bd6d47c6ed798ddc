// How much room a chart's legends take: known before drawing, so that the page can reserve it and nothing jumps.

export const kRowHeight = 17;
export const kLabelSize = 12;
const kSymbolWidth = 40;
const kAxisWidth = 60;  // left of the plot, where top legends do not reach

/** Channel and labels of each legend that the chart will show. */
function legends(spec) {
  const shown = [];
  for (const channel of ['color', 'strokeDash']) {
    const encoding = spec.layer[0].encoding[channel];
    const labels = encoding?.legend && encoding.legend.title === null ? encoding.scale.domain : null;
    // Colour and dash by the same field share one legend.
    const field = encoding?.field;
    if (labels && !shown.some((other) => other.field === field)) shown.push({channel, field, labels: labels.map(String)});
  }
  return shown;
}

/**
 * Legend layout for a chart `width` pixels wide: columns by channel, widest label in pixels, rows of all legends
 * together.
 */
export function legendLayout(spec, width) {
  const room = width - kAxisWidth;
  const labelLimit = Math.max(80, room - kSymbolWidth);
  const columns = {};
  let rows = 0;
  for (const {channel, labels} of legends(spec)) {
    const letters = Math.max(1, ...labels.map((label) => label.length));
    const entry = kSymbolWidth + Math.min(letters * kLabelSize * 0.58, labelLimit);
    columns[channel] = Math.max(1, Math.floor(room / entry));
    rows += Math.ceil(labels.length / columns[channel]);
  }
  return {columns, labelLimit, rows};
}

/** What a chart takes on a page `width` pixels wide: its legends' layout, its height, and that with its controls. */
export function chartSize(spec, width) {
  const layout = legendLayout(spec, width);
  // No chart is taller than wide, but for the legends.
  const height = Math.min(spec.height, Math.max(300, width)) + layout.rows * kRowHeight;
  return {layout, height, reserved: height + (spec.params ? 40 : 0)};
}

/** Writes the layout's columns into the legends of `spec`. */
export function setLegendColumns(spec, {columns}) {
  for (const [channel, count] of Object.entries(columns)) {
    for (const layer of spec.layer) {
      const encoding = layer.encoding?.[channel];
      if (encoding?.legend) encoding.legend.columns = count;
    }
    // A legend shared by both channels takes the settings of either.
    const dash = spec.layer[0].encoding.strokeDash;
    if (dash?.legend && !columns.strokeDash) dash.legend.columns = count;
  }
}
