// How much room a chart's legends take: known before drawing, so that the page can reserve it and nothing jumps.

export const kRowHeight = 17;
export const kLabelSize = 12;
const kSymbolWidth = 40;
const kAxisWidth = 60;  // left of the plot, where top legends do not reach

/** Labels of each legend that the chart will show. */
function legends(spec) {
  const shown = [];
  for (const channel of ['color', 'strokeDash']) {
    const encoding = spec.layer[0].encoding[channel];
    const labels = encoding?.legend && encoding.legend.title === null ? encoding.scale.domain : null;
    // Colour and dash by the same field share one legend.
    if (labels && !shown.some((other) => other.join() === labels.join())) shown.push(labels.map(String));
  }
  return shown;
}

/** Legend layout for a chart `width` pixels wide: columns, widest label in pixels, rows of all legends together. */
export function legendLayout(spec, width) {
  const room = width - kAxisWidth;
  const labelLimit = Math.max(80, room - kSymbolWidth);
  let columns = Infinity;
  const all = legends(spec);
  for (const labels of all) {
    const letters = Math.max(1, ...labels.map((label) => label.length));
    const entry = kSymbolWidth + Math.min(letters * kLabelSize * 0.58, labelLimit);
    columns = Math.min(columns, Math.max(1, Math.floor(room / entry)));
  }
  if (columns === Infinity) columns = 1;
  // The legend of dashes has short labels and stays on one row; columns are one setting for both.
  const rows = all.reduce((sum, labels) => sum + Math.ceil(labels.length / columns), 0);
  return {columns, labelLimit, rows};
}
