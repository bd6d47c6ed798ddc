// Entry of the page's script: draws every chart and serves its downloads.
import {drawAll, specOf} from './draw.js';
import {downloadOf, saveText} from './save.js';
import {onSort} from './sort.js';

function onDownload(event) {
  const button = event.target.closest('button[data-download]');
  if (!button) return;
  const name = button.dataset.of;
  const {fileName, type, text} = downloadOf(button.dataset.download, name, specOf(name));
  saveText(fileName, type, text);
}

document.addEventListener('click', onDownload);
document.addEventListener('click', onSort);
drawAll();
