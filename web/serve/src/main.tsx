// Entry of the live page's script.
import {render} from 'preact';
import uPlot from 'uplot';

async function start() {
  const answer = await fetch('/api/runs');
  const list = await answer.json();
  render(<p data-plots={uPlot.fmtDate ? 1 : 0}>{list.rows.length} runs</p>, document.getElementById('app')!);
}

void start();
