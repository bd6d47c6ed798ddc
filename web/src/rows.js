// The data of a chart as rows. Vega's own reader of CSV makes a function from text, which the page's policy forbids.

/**
 * A specification whose CSV texts are lists of objects, each cell a text as Vega's reader would have it. `parseRows` makes
 * lists of cells from such a text.
 */
export function withRows(spec, parseRows) {
  if (Array.isArray(spec)) return spec.map((item) => withRows(item, parseRows));
  if (spec === null || typeof spec !== 'object') return spec;
  const entries = Object.entries(spec).map(([key, value]) => [key, withRows(value, parseRows)]);
  const result = Object.fromEntries(entries);
  if (typeof spec.values === 'string' && spec.format?.type === 'csv') {
    const [names = [], ...lines] = parseRows(spec.values);
    result.values = lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
    result.format = {...spec.format, type: 'json'};
  }
  return result;
}
