// Entry of the page's script: draws every chart and serves its downloads.
import {drawAll, specOf} from './draw.js';
import {saveText} from './save.js';

// The page's own security policy forbids network access; the address only names the specification's version.
const kSchema = 'https://vega.github.io/schema/vega-lite/v5.json';

function onDownload(event) {
  const button = event.target.closest('button[data-download]');
  if (!button) return;
  const name = button.dataset.of;
  const spec = specOf(name);
  if (button.dataset.download === 'csv') {
    saveText(`${name}.csv`, 'text/csv', spec.data.values);
  } else {
    saveText(`${name}.vl.json`, 'application/json', JSON.stringify({$schema: kSchema, ...spec}, null, 1));
  }
}

document.addEventListener('click', onDownload);
drawAll();
