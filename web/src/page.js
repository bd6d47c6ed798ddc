// Entry of the page's script: draws every chart and serves its downloads. Without a page it offers charts as SVG.
import {drawAll, redrawOnChange, specOf} from './draw.js';
import {svgOf} from './figure.js';
import {downloadOf, saveText} from './save.js';
import {onSort} from './sort.js';

function onDownload(event) {
  const button = event.target.closest('button[data-download]');
  if (!button) return;
  const name = button.dataset.of;
  const {fileName, type, text} = downloadOf(button.dataset.download, name, specOf(name));
  saveText(fileName, type, text);
}

/** What is folded away on the screen is read on paper. */
function unfold() {
  for (const folded of document.querySelectorAll('main details, .page-head details')) folded.open = true;
}

globalThis.groklabSvg = svgOf;
if (typeof document !== 'undefined') {
  addEventListener('beforeprint', unfold);
  document.addEventListener('click', onDownload);
  document.addEventListener('click', onSort);
  redrawOnChange();
  drawAll();
}
