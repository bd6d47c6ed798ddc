// How fast the live page is over 10,000 runs, in Chromium: from the address to the drawn list, and from the click on
// "Sweeps" to the drawn map. Medians of some tries; one try before them does not count.
//   node browser-test/speed.mjs [ADDRESS]     from web/; without ADDRESS over made-up runs
import {Mock} from '../serve/test/mock.mjs';
import {openPage, startBrowser} from './harness.mjs';

const kTries = 7;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

const mock = process.argv[2] ? null : new Mock({count: 10000});
const address = process.argv[2] ?? await mock.listen();
const browser = await startBrowser();

/** When the first element of `selector` was in the document and the frame with it was drawn, in ms since the page's start. */
function watch(selector) {
  const observer = new MutationObserver(() => {
    if (!document.querySelector(selector)) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now(); }));
  });
  observer.observe(document, {childList: true, subtree: true});
}

async function once() {
  const page = await browser.newPage();
  await page.setViewport({width: 1280, height: 900});
  await page.evaluateOnNewDocument(`(${watch})('.grid-body .grid-row')`);
  await page.goto(address, {waitUntil: 'load'});
  await page.waitForFunction(() => window.drawnAt);
  const {list, answered, bytes} = await page.evaluate(() => {
    const entry = performance.getEntriesByType('resource').find((one) => one.name.includes('/api/runs'));
    return {list: window.drawnAt, answered: entry.responseEnd, bytes: entry.decodedBodySize};
  });
  await new Promise((done) => setTimeout(done, 300));
  const map = await page.evaluate(async () => {
    const link = [...document.querySelectorAll('nav a')].find((one) => one.textContent === 'Sweeps');
    const start = performance.now();
    link.click();
    while (!document.querySelector('table.heat button')) await new Promise((done) => requestAnimationFrame(done));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const table = performance.now() - start;
    while (!document.querySelector('.transition svg.marks')) await new Promise((done) => requestAnimationFrame(done));
    return {table, curve: performance.now() - start};
  });
  await page.close();
  return {list, script: list - answered, bytes, ...map};
}

await once();
const tries = [];
for (let i = 0; i < kTries; ++i) tries.push(await once());
const of = (name) => Math.round(median(tries.map((one) => one[name])));
console.log(`list: ${(tries[0].bytes / 1e6).toFixed(1)} MB`);
console.log(`list ready after the address was opened: ${of('list')} ms, of which after the list had come: ${of('script')} ms`);
console.log(`heat map after the click: ${of('table')} ms; with the curve below it: ${of('curve')} ms`);
await browser.close();
await mock?.close();
