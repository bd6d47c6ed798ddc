// What the page offers as files: a chart's data as CSV, or its specification.

// The page's own security policy forbids network access; the address only names the specification's version.
const kSchema = 'https://vega.github.io/schema/vega-lite/v5.json';

/** The file that a download button of chart `name` stands for; `kind` is "csv" or "spec". */
export function downloadOf(kind, name, spec) {
  if (kind === 'csv') return {fileName: `${name}.csv`, type: 'text/csv', text: spec.data.values};
  const text = JSON.stringify({$schema: kSchema, ...spec}, null, 1);
  return {fileName: `${name}.vl.json`, type: 'application/json', text};
}

export function saveText(fileName, type, text) {
  const address = URL.createObjectURL(new Blob([text], {type: `${type};charset=utf-8`}));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
