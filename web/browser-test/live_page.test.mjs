// The live page in Chromium, over a server of made-up runs: what a person does there, with the mouse and without.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {madeUpRun, madeUpRuns, randomStream} from '../serve/test/made_up.mjs';
import {Mock} from '../serve/test/mock.mjs';
import {assertQuiet, clickButton, openPage, startBrowser, textOf, until} from './harness.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(async () => { await browser.close(); });

/** A test with its own server and page; both must stay quiet. */
function pageTest(name, options, body) {
  test(name, async () => {
    const mock = new Mock(options.mock ?? {count: 200});
    const address = await mock.listen();
    const opened = await openPage(browser, address + (options.hash?.(mock) ?? ''), options.page ?? {});
    try {
      await body(opened.page, mock);
      if (!options.noisy) assertQuiet(opened);
    } finally {
      await opened.page.close();
      await mock.close();
    }
  });
}

const rowsShown = (page) => page.$$eval('.grid-body .grid-row', (rows) => rows.map((row) => row.innerText.replace(/\s+/g, ' ').trim()));
const shown = (page) => textOf(page, '.toolbar .shown');

describe('the table', () => {
  pageTest('loads all runs and draws those in sight', {mock: {count: 10000}}, async (page) => {
    assert.equal(await shown(page), '10,000 runs');
    const drawn = (await rowsShown(page)).length;
    assert.ok(drawn > 15 && drawn < 80, `${drawn} rows in the document`);
    await page.$eval('.grid', (grid) => { grid.scrollTop = grid.scrollHeight; });
    await until(page, 'the last row', () => document.querySelector('.grid-body .grid-row:last-child')?.getAttribute('aria-rowindex') === '10001');
  });

  pageTest('filters by text at once and by the server\'s condition', {}, async (page, mock) => {
    await page.type('input[placeholder^="words"]', 'status:diverged');
    const diverged = mock.runs.filter((run) => run.status === 'diverged').length;
    await until(page, 'the filtered count', (n) => document.querySelector('.toolbar .shown').textContent === `${n} of 200 runs`, diverged);
    assert.match(await page.evaluate(() => location.hash), /f=status%3Adiverged/);
    await clearField(page, 'input[placeholder^="words"]');
    await page.type('input[placeholder^="status"]', "optim.kind = 'sgd'");
    const sgd = mock.runs.filter((run) => run.kind === 'sgd').length;
    await until(page, 'the condition', (n) => document.querySelector('.toolbar .shown').textContent === `${n} of 200 runs`, sgd);
  });

  pageTest('tells a bad condition in the server\'s words', {noisy: true}, async (page) => {
    await page.type('input[placeholder^="status"]', 'nonsense');
    await until(page, 'the complaint', () => document.querySelector('#where-error').textContent.includes('expected a condition'));
    assert.equal(await shown(page), '200 runs');
  });

  pageTest('sorts by a head, both ways', {}, async (page) => {
    await clickButton(page, 'T_grok');
    const first = async () => Number((await page.$eval('.grid-body .grid-row [role="gridcell"]:nth-child(8)', (cell) => cell.textContent)).replaceAll(',', ''));
    await until(page, 'the arrow', () => document.querySelector('[aria-sort="ascending"]'));
    const low = await first();
    await page.click('[aria-sort="ascending"] button');
    await until(page, 'the arrow', () => document.querySelector('[aria-sort="descending"]'));
    assert.ok(await first() > low);
  });

  pageTest('groups with count, median and how many grokked; a group opens', {hash: () => '#/runs?group=split.train_fraction'}, async (page) => {
    const rows = await rowsShown(page);
    assert.equal(rows.length, 10);
    assert.match(rows[0], /^▸0\.1 20 runs min – median – max – grokked 0\/20$/);
    assert.match(rows[5], /median [\d,]+ max/);
    await page.click('.grid-row.group');
    await until(page, 'the rows of the group', () => document.querySelectorAll('.grid-body .grid-row').length === 30);
    assert.match(await page.evaluate(() => location.hash), /open=0\.1/);
  });

  pageTest('shows differences to a baseline', {hash: (mock) => `#/runs?base=${mock.runs[5].id}&columns=run,T_fit`}, async (page, mock) => {
    assert.match(await textOf(page, '.grid-row.base'), new RegExp(`baseline ${mock.runs[5].id}`));
    const difference = mock.runs[0].fit - mock.runs[5].fit;
    const text = (await page.$eval('.grid-body .grid-row [role="gridcell"]:nth-child(3)', (cell) => cell.textContent));
    assert.equal(text, difference === 0 ? '=' : `${difference > 0 ? '+' : '\u2212'}${Math.abs(difference)}`);
  });

  pageTest('a view is saved under a name and found again', {}, async (page) => {
    await page.type('input[placeholder^="words"]', 'muon');
    await until(page, 'the filter', () => location.hash.includes('f=muon'));
    await page.click('.toolbar .menu:nth-of-type(2) summary');
    await page.type('input[aria-label="Name of the view"]', '<b>mine</b>');
    await clickButton(page, 'Save');
    await page.goto(page.url().replace(/#.*/, '#/runs'));
    await page.reload();
    await page.waitForSelector('[role="grid"]');
    await page.click('.toolbar .menu:nth-of-type(2) summary');
    assert.equal(await textOf(page, '.saved a'), '<b>mine</b>');
    await page.click('.saved a');
    await until(page, 'the saved view', () => document.querySelector('input[placeholder^="words"]').value === 'muon');
  });

  pageTest('a shared address shows the same', {hash: (mock) => `#/runs?f=adamw&sort=created&sel=${mock.runs[0].id},${mock.runs[3].id}&linear=1`}, async (page) => {
    await page.waitForSelector('.uplot');
    assert.equal(await textOf(page, '.side h2'), '2 runs chosen');
    assert.equal(await page.$$eval('.grid-row.chosen', (rows) => rows.length), 2);
    assert.match(await page.$eval('.curves', (plot) => plot.getAttribute('aria-label')), /4 curves/);
  });
});

async function clearField(page, selector) {
  await page.click(selector, {count: 3});
  await page.keyboard.press('Backspace');
}

describe('live', () => {
  pageTest('rows and curves move with the events, and a new run appears', {
    mock: {runs: [madeUpRun(0, randomStream(5), {status: 'running', step: 200, fraction: 0.3, runningHere: true}), ...madeUpRuns(5)]},
    hash: (mock) => `#/runs?sel=${mock.runs[0].id}`,
  }, async (page, mock) => {
    await page.waitForSelector('.uplot');
    const run = mock.runs[0];
    await until(page, 'the stream that watches the run', () => document.querySelector('.connection.live'));
    await waitFor(() => mock.requests.some((line) => line.includes('/api/events') && line.includes(run.id)));
    await new Promise((done) => setTimeout(done, 300));
    mock.advance(run, 5000);
    await until(page, 'the step in the row', () => [...document.querySelectorAll('.grid-row')].some((row) => row.innerText.includes('5,000')));
    await until(page, 'the end of the curve', () => document.querySelector('.curves').getAttribute('aria-label').includes('steps 0 to 5000'));
    mock.change(madeUpRun(9, randomStream(8), {status: 'running', step: 10, runningHere: true}));
    await until(page, 'the new run', () => document.querySelector('.toolbar .shown').textContent === '7 runs');
  });

  pageTest('says that the connection is lost, and finds it again', {noisy: true}, async (page, mock) => {
    await until(page, 'live', () => document.querySelector('.connection.live'));
    mock.dropStreams();
    await until(page, 'lost', () => document.querySelector('.connection.lost'));
    await until(page, 'live again', () => document.querySelector('.connection.live'));
  });
});

async function waitFor(check) {
  for (let i = 0; i < 200; ++i) {
    if (check()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail('waited in vain for the server');
}

describe('writes', () => {
  pageTest('starts a run from a form: only changed keys are sent', {}, async (page, mock) => {
    await clickButton(page, 'Start a run');
    await page.waitForSelector('dialog[open]');
    await (await page.waitForSelector('dialog input[placeholder^="weight"]')).type('weight_decay');
    await (await page.waitForSelector('dialog .found li button')).click();
    await clearField(page, '[id="key-optim.weight_decay"]');
    await page.type('[id="key-optim.weight_decay"]', 'x');
    assert.equal(await page.$eval('dialog button[type="submit"]', (button) => button.disabled), true);
    await clearField(page, '[id="key-optim.weight_decay"]');
    await page.type('[id="key-optim.weight_decay"]', '0.3');
    await clickButton(page, 'Start', 'dialog');
    await until(page, 'the view of the new run', () => location.hash.startsWith('#/run/'));
    assert.deepEqual(mock.posts, [{path: '/api/runs', body: {config: {'optim.weight_decay': 0.3}}}]);
  });

  pageTest('shows why the server refuses, and keeps the form', {noisy: true}, async (page) => {
    await clickButton(page, 'Start a run');
    await (await page.waitForSelector('dialog input[placeholder^="weight"]')).type('weight_decay');
    await (await page.waitForSelector('dialog .found li button')).click();
    await clearField(page, '[id="key-optim.weight_decay"]');
    await page.type('[id="key-optim.weight_decay"]', '-1');
    await clickButton(page, 'Start', 'dialog');
    await until(page, 'the refusal', () => document.querySelector('dialog .complaint[role="alert"]')?.textContent.includes('at least 0, found -1'));
    assert.ok(await page.$('dialog[open]'));
  });

  pageTest('stops and resumes', {mock: {runs: [madeUpRun(0, randomStream(5), {status: 'running', step: 200, runningHere: true})]}, hash: (mock) => `#/run/${mock.runs[0].id}`}, async (page, mock) => {
    await clickButton(page, 'Stop');
    await until(page, 'interrupted', () => document.querySelector('h1 .status').textContent === 'interrupted');
    await clickButton(page, 'Resume');
    await until(page, 'running', () => document.querySelector('h1 .status').textContent === 'running');
    assert.deepEqual(mock.posts.map(({path}) => path.split('/').at(-1)), ['stop', 'resume']);
  });

  const swept = () => Object.assign(madeUpRun(0, randomStream(5), {status: 'running', step: 200}), {elsewhere: {process: 4712, command: 'groklab sweep', stoppable: false}});
  pageTest('leaves a run of a sweep to the sweep', {mock: {runs: [swept()]}, hash: (mock) => `#/run/${mock.runs[0].id}`}, async (page) => {
    await until(page, 'who trains it', () => document.querySelector('.actions')?.textContent.includes('Trained by groklab sweep, process 4712'));
    const buttons = await page.$$eval('.actions button', (all) => all.map((button) => button.textContent));
    assert.deepEqual(buttons.filter((text) => /stop|resume/i.test(text)), []);
  });

  pageTest('forks at a click on the curve, with fewer rows; the fork appears in the same chart', {hash: (mock) => `#/run/${mock.runs[6].id}`}, async (page, mock) => {
    await page.waitForSelector('.u-over');
    const box = await (await page.$('.u-over')).boundingBox();
    await page.mouse.click(box.x + 0.9 * box.width, box.y + 10);
    await page.waitForSelector('dialog[open] .editor');
    const step = Number(await page.$eval('dialog input[inputmode="numeric"]', (input) => input.value));
    assert.ok(step > 3000 && step <= 20000, `step ${step}`);
    assert.match(await textOf(page, 'dialog'), /split\.train_fraction = 0\.24/);
    await clickButton(page, 'Fork', 'dialog');
    await until(page, 'two curves in the chart', () => document.querySelector('.curves')?.getAttribute('aria-label').includes('4 curves'));
    assert.deepEqual(mock.posts[0].body, {step, config: {'split.train_fraction': 0.24, 'train.stop_test_accuracy': 0}, steps: 20000});
    assert.match(await textOf(page, '#family-title + ul'), /fork of this run/);
  });

  pageTest('read-only shows no writes', {mock: {count: 20, readOnly: true}, hash: (mock) => `#/run/${mock.runs[3].id}`}, async (page) => {
    await page.waitForSelector('.u-over');
    assert.equal(await textOf(page, '.mode'), 'read-only');
    const buttons = await page.$$eval('button', (all) => all.map((button) => button.textContent));
    assert.deepEqual(buttons.filter((text) => /start|fork|stop|resume/i.test(text)), []);
    const box = await (await page.$('.u-over')).boundingBox();
    await page.mouse.click(box.x + 200, box.y + 40);
    assert.equal(await page.$('dialog'), null);
  });
});

describe('views', () => {
  pageTest('a cell of the map leads to its runs', {hash: () => '#/sweeps?x=split.train_fraction&y=optim.weight_decay'}, async (page) => {
    const label = await page.$eval('table.heat tbody tr:nth-child(2) td:nth-of-type(3) button', (button) => button.textContent);
    assert.match(label, /^train_fraction 0\.2, weight_decay 0\.3: .*% 5 runs, \d grokked$/);
    await page.click('table.heat tbody tr:nth-child(2) td:nth-of-type(3) button');
    await until(page, 'the filtered table', () => document.querySelector('.toolbar .shown')?.textContent === '5 of 200 runs');
    await page.goBack();
    await page.waitForSelector('.transition svg.marks');
  });

  pageTest('figures of the report, and inside a stored state by the keyboard', {hash: (mock) => `#/run/${mock.runs[6].id}`}, async (page, mock) => {
    await clickButton(page, 'Draw them');
    await page.waitForSelector('.charts svg.marks');
    await clickButton(page, 'Look inside');
    await page.waitForSelector('.slider input');
    await page.focus('.slider input');
    await page.keyboard.press('ArrowLeft');
    await until(page, 'the state before', () => document.querySelector('.slider output').textContent.startsWith('step 1,000'));
    await waitFor(() => mock.requests.some((line) => line.includes('/inside?step=1000')));
    assert.match(await page.evaluate(() => location.hash), /state=1000/);
  });

  pageTest('claims with their verdicts; what a file says is text', {hash: () => '#/studies'}, async (page) => {
    await page.waitForSelector('table.claims');
    assert.deepEqual(await page.$$eval('.verdict', (all) => all.map((one) => one.textContent)), ['confirmed', 'inconclusive', 'refuted']);
    assert.match(await textOf(page, 'table.claims'), /<b>Text<\/b> from a file is text\./);
  });

  pageTest('text of the store is text, never HTML', {
    mock: {runs: [madeUpRun(0, randomStream(5), {name: '<img src=x onerror=alert(1)>', tags: ['<script>1</script>'], id: '"><svg onload=alert(1)>'}), ...madeUpRuns(2)], damaged: ['run <i>x</i>: broken']},
  }, async (page) => {
    await page.waitForSelector('.grid-body .grid-row');
    assert.equal(await page.$('img, .grid svg, .grid script, i'), null);
    assert.match(await textOf(page, '.grid-body'), /<img src=x onerror=alert\(1\)>/);
    await page.click('.grid-body .id a');
    await page.waitForSelector('h1');
    await until(page, 'the name', () => document.querySelector('h1').textContent.includes('<img'));
    assert.equal(await page.$('main img'), null);
  });

  for (const [name, mock] of [['no run', {count: 0}], ['one run', {count: 1}], ['a diverged run', {runs: [madeUpRun(41, randomStream(3), {status: 'diverged', step: 900})]}]]) {
    pageTest(`${name} in every view`, {mock}, async (page) => {
      for (const view of ['runs', 'sweeps', 'studies']) {
        await page.evaluate((hash) => { location.hash = hash; }, `#/${view}`);
        await until(page, view, (part) => document.querySelector('nav [aria-current]').getAttribute('href').includes(part), view);
      }
      if (name === 'no run') return;
      await page.evaluate(() => { location.hash = '#/runs'; });
      await page.waitForSelector('.grid-body .id a');
      await page.click('.grid-body .id a');
      await page.waitForSelector('.uplot');
    });
  }
});

describe('the keyboard alone', () => {
  pageTest('moves, chooses, opens, and starts a run', {}, async (page, mock) => {
    const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
    await page.focus('[role="grid"]');
    await press('ArrowDown', 'ArrowDown', 'Space', 'ArrowDown', 'Space');
    await until(page, 'two runs chosen', () => document.querySelectorAll('.grid-row.chosen').length === 2);
    await press('b');
    await until(page, 'a baseline', () => document.querySelector('.grid-row.base'));
    await press('End');
    await until(page, 'the last row is active and in sight', () => document.querySelector('.grid-row.active')?.getAttribute('aria-rowindex') === '201');
    await press('Home', 'Enter');
    await until(page, 'the run', () => location.hash === `#/run/${document.querySelector('h1').textContent.match(/[0-9a-f]{12}/)?.[0]}` || location.hash.startsWith('#/run/'));
    await page.waitForSelector('h1');
    // To the button at the top, and through the form, with the tabulator.
    await page.evaluate(() => document.querySelector('.skip').focus());
    for (let i = 0; i < 12 && await page.evaluate(() => document.activeElement.textContent !== 'Start a run'); ++i) await press('Tab');
    await press('Enter');
    await page.waitForSelector('dialog[open] .found');
    for (let i = 0; i < 12 && await page.evaluate(() => document.activeElement.type !== 'search'); ++i) await press('Tab');
    await page.keyboard.type('biases');
    await page.waitForSelector('dialog .found li button');
    for (let i = 0; i < 6 && await page.evaluate(() => !document.activeElement.closest('.found li')); ++i) await press('Tab');
    await press('Enter');
    await page.waitForSelector('[id="key-model.biases"]');
    await page.focus('[id="key-model.biases"]');
    await press('t');
    for (let i = 0; i < 20 && await page.evaluate(() => document.activeElement.textContent !== 'Start'); ++i) await press('Tab');
    await press('Enter');
    await waitFor(() => mock.posts.length === 1);
    assert.deepEqual(mock.posts[0].body.config, {'model.biases': true});
  });

  pageTest('every control that has the focus shows it', {}, async (page) => {
    await page.evaluate(() => document.querySelector('.skip').focus());
    for (let i = 0; i < 14; ++i) {
      await page.keyboard.press('Tab');
      const style = await page.evaluate(() => {
        const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
        return {tag: document.activeElement.outerHTML.slice(0, 80), outlineStyle, outlineWidth};
      });
      if (style.tag.startsWith('<body')) break;
      assert.notEqual(style.outlineStyle, 'none', style.tag);
      assert.notEqual(style.outlineWidth, '0px', style.tag);
    }
  });
});

describe('no view is wider than the window', () => {
  for (const width of [390, 768, 1280, 1920]) {
    pageTest(`${width} pixels`, {page: {width, height: 844}, hash: (mock) => `#/runs?sel=${mock.runs[0].id},${mock.runs[1].id}`}, async (page, mock) => {
      for (const hash of [`#/runs?sel=${mock.runs[0].id}`, `#/run/${mock.runs[6].id}`, '#/sweeps', '#/studies']) {
        await page.evaluate((to) => { location.hash = to; }, hash);
        await new Promise((done) => setTimeout(done, 400));
        const {scroll, inner} = await page.evaluate(() => ({scroll: document.documentElement.scrollWidth, inner: innerWidth}));
        assert.ok(scroll <= inner, `${hash}: ${scroll} in ${inner} pixels`);
      }
    });
  }
});
