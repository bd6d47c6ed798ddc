// The rules of axe on every view of the live page, in light and dark, on dialogs, and on the pages that the program writes.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {Mock} from '../serve/test/mock.mjs';
import {axeLines, clickButton, openPage, startBrowser} from './harness.mjs';

let browser, mock, address;
before(async () => {
  browser = await startBrowser();
  mock = new Mock({count: 300, damaged: ['run 1234: a damaged row']});
  address = await mock.listen();
});
after(async () => {
  await browser.close();
  await mock.close();
});

/** The page closes whatever happens: it holds a connection, of which a browser has six to a host. */
async function withPage(where, options, body) {
  const {page} = await openPage(browser, where, options);
  try {
    await body(page);
  } finally {
    await page.close();
  }
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const kViews = {
  'the table': () => '#/runs', 'chosen runs and a baseline': () => `#/runs?sel=${mock.runs[0].id},${mock.runs[6].id}&base=${mock.runs[3].id}`,
  'groups': () => '#/runs?group=optim.weight_decay&open=0.3', 'one run': () => `#/run/${mock.runs[6].id}?state=1000`, 'sweeps': () => '#/sweeps?x=split.train_fraction&y=optim.weight_decay',
  'medians': () => '#/sweeps?x=split.train_fraction&y=optim.weight_decay&value=T_grok', 'reproductions': () => '#/studies',
};

for (const dark of [false, true]) {
  for (const [name, hash] of Object.entries(kViews)) {
    test(`${name}, ${dark ? 'dark' : 'light'}`, async () => {
      await withPage(address + hash(), {dark}, async (page) => {
        await new Promise((done) => setTimeout(done, 900));
        if (name === 'one run') {
          await clickButton(page, 'Draw them');
          await page.waitForSelector('#figures-title ~ .charts svg.marks');
        }
        assert.deepEqual(await axeLines(page), []);
      });
    });
  }
  for (const kind of ['start', 'fork']) {
    test(`the dialog to ${kind}, ${dark ? 'dark' : 'light'}`, async () => {
      await withPage(`${address}#/run/${mock.runs[6].id}`, {dark}, async (page) => {
        await clickButton(page, kind === 'start' ? 'Start a run' : 'Fork\u2026');
        await page.waitForSelector('dialog[open] .found');
        await page.type('dialog input[type="search"]', 'decay');
        await new Promise((done) => setTimeout(done, 300));
        assert.deepEqual(await axeLines(page), []);
      });
    });
  }
}

// Catches: rules that do not run at all.
test('the rules find what is wrong', async () => {
  await withPage(`${address}#/studies`, {}, async (page) => {
    await page.evaluate(() => document.querySelector('main').append(document.createElement('button')));
    assert.match((await axeLines(page)).join(), /button-name/);
  });
});

/** What a sheet of A4 would cut off: 186 mm are 703 px. */
async function beyondPaper(page) {
  await page.setViewport({width: 703, height: 1000});
  await page.emulateMediaType('print');
  await new Promise((done) => setTimeout(done, 500));
  const cut = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((element) => {
    const {right, width} = element.getBoundingClientRect();
    return width > 0 && (right > 704 || (getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1));
  }).map((element) => `${element.tagName} ${element.className.baseVal ?? element.className}`).slice(0, 5));
  await page.emulateMediaType('screen');
  return cut;
}

const program = process.env.GROKLAB_BINARY;
test('the pages that the program writes', {skip: program ? false : 'GROKLAB_BINARY names no program'}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groklab-axe-'));
  const groklab = (...words) => execFileSync(program, words, {cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], env: {...process.env, GROKLAB_STORE: join(folder, 'store')}});
  try {
    const small = ['--set', 'task.modulus=7', '--set', 'split.train_fraction=0.6', '--set', 'model.d_model=16', '--set', 'model.n_heads=2', '--set', 'model.d_mlp=32', '--set', 'train.steps=400',
      '--set', 'train.evaluate_every=20', '--set', 'train.probe_every=100', '--quiet'];
    groklab('train', ...small);
    groklab('train', ...small, '--set', 'seed=1');
    groklab('report', 'last', '-o', 'run.html');
    groklab('report', '--where', 'task.modulus = 7', '--x', 'seed', '-o', 'many.html');
    groklab('reproduce', 'varma2023', 'ungrokking', '--scale', 'smoke', '-o', 'paper.html', '--looks', join(root, 'docs/results/looks'));
    const pages = ['run.html', 'many.html', 'paper.html'];
    for (const file of pages) {
      for (const dark of [false, true]) {
        await withPage(`file://${join(folder, file)}`, {dark, ready: 'svg.marks, canvas'}, async (page) => {
          await new Promise((done) => setTimeout(done, 2500));
          assert.deepEqual(await axeLines(page), [], `${file}, ${dark ? 'dark' : 'light'}`);
          assert.deepEqual(await beyondPaper(page), [], `${file} on paper`);
        });
      }
    }
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
});
