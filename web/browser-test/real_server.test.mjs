// The live page over the program's own server: train, watch it grok, fork with fewer rows, watch it ungrok. GROKLAB_BINARY names
// the program; pictures go to the folder GROKLAB_PICTURES, if given.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {assertQuiet, axeLines, clickButton, openPage, startBrowser, textOf, until} from './harness.mjs';

const program = process.env.GROKLAB_BINARY;
const pictures = process.env.GROKLAB_PICTURES;
/** x + y modulo 23 on half of its rows: fits by step 100, groks by step 1,000, takes some seconds in all. */
const kSettings = {'task.modulus': 23, 'split.train_fraction': 0.5, 'model.d_model': 48, 'model.d_mlp': 128, 'optim.weight_decay': 2.5, 'optim.learning_rate': 0.003,
  'train.steps': 5000, 'train.evaluate_every': 40, 'train.checkpoint_every': 500};
const kLong = 120000;

/** `groklab serve` over a store, at the address that it prints. */
class Server {
  static async start(store, ...words) {
    const server = new Server();
    server.child = spawn(program, ['serve', '--store', store, ...words], {stdio: ['ignore', 'pipe', 'inherit']});
    server.address = await new Promise((done, failed) => {
      let text = '';
      server.child.stdout.on('data', (part) => {
        text += part;
        const found = /http:\/\/\S+/.exec(text);
        if (found) done(found[0]);
      });
      server.child.on('exit', (code) => failed(new Error(`groklab serve ended with ${code}: ${text}`)));
    });
    return server;
  }

  stop() {
    if (this.child.exitCode !== null) return Promise.resolve();
    return new Promise((done) => {
      this.child.removeAllListeners('exit');
      this.child.on('exit', done);
      this.child.kill('SIGINT');
    });
  }
}

async function picture(page, name, options = {}) {
  if (!pictures) return;
  mkdirSync(pictures, {recursive: true});
  await new Promise((done) => setTimeout(done, 400));
  await page.screenshot({path: join(pictures, `${name}.png`), ...options});
}

/** Opens the form and sets keys by searching each of them. */
async function fillForm(page, settings) {
  await page.waitForSelector('dialog[open] .found');
  for (const [key, value] of Object.entries(settings)) {
    await page.click('dialog input[type="search"]', {count: 3});
    await page.type('dialog input[type="search"]', key);
    await until(page, `the key ${key}`, (name) => document.querySelector('dialog .found li code')?.textContent === name, key);
    await page.click('dialog .found li button');
    await page.click(`[id="key-${key}"]`, {count: 3});
    await page.type(`[id="key-${key}"]`, String(value));
  }
}

const longUntil = (page, what, check, ...values) => page.waitForFunction(check, {timeout: kLong, polling: 200}, ...values)
  .catch(async () => assert.fail(`waited in vain: ${what}\n${await page.evaluate(() => document.body.innerText.slice(0, 1500))}`));

describe('the program\'s own server', {skip: program ? false : 'GROKLAB_BINARY names no program'}, () => {
  let browser, folder, server;
  before(async () => {
    browser = await startBrowser();
    folder = mkdtempSync(join(tmpdir(), 'groklab-serve-'));
    // A server wants a store: an earlier run, of two steps, makes one.
    execFileSync(program, ['train', '--store', join(folder, 'store'), '--quiet', '--set', 'task.modulus=5', '--set', 'model.d_model=16', '--set', 'train.steps=2'], {stdio: ['ignore', 'ignore', 'inherit']});
    server = await Server.start(join(folder, 'store'));
  });
  after(async () => {
    await server.stop();
    await browser.close();
    rmSync(folder, {recursive: true, force: true});
  });

  test('train, watch it grok, fork with fewer rows, watch it ungrok', async () => {
    const opened = await openPage(browser, server.address);
    const {page} = opened;
    await clickButton(page, 'Start a run');
    await fillForm(page, kSettings);
    await clickButton(page, 'Start', 'dialog');
    await longUntil(page, 'the run in training', () => document.querySelector('h1 .status')?.textContent === 'running');
    await longUntil(page, 'a curve that moves', () => Number(/steps 0 to (\d+)/.exec(document.querySelector('.curves')?.getAttribute('aria-label'))?.[1]) > 300);
    await picture(page, 'live');
    await longUntil(page, 'the end of the run', () => document.querySelector('h1 .status').textContent === 'finished');
    await longUntil(page, 'that it grokked', () => /Grokked|Generalised/.test(document.querySelector('.lead').textContent));
    await longUntil(page, 'the whole curve', () => document.querySelector('.curves').getAttribute('aria-label').includes('steps 0 to 5000'));
    const parent = await page.evaluate(() => location.hash);

    const box = await (await page.$('.u-over')).boundingBox();
    await page.mouse.click(box.x + 0.97 * box.width, box.y + 10);
    await page.waitForSelector('dialog[open] .editor');
    await page.click('dialog input.short', {count: 3});
    await page.type('dialog input.short', '70');
    await until(page, 'the fraction that stays', () => document.querySelector('dialog').textContent.includes('split.train_fraction = 0.15'));
    await picture(page, 'fork-dialog');
    await clickButton(page, 'Fork', 'dialog');
    await longUntil(page, 'the fork in the same chart', () => document.querySelector('.curves')?.getAttribute('aria-label').includes('4 curves'));
    await longUntil(page, 'the fork that has lost it', () => {
      const text = document.querySelector('#family-title + ul')?.textContent ?? '';
      return text.includes('finished') && Number(/test accuracy ([\d.]+)%/.exec(text)?.[1]) < 50;
    });
    assert.equal((await page.evaluate(() => location.hash)).split('?')[0], parent, 'the fork appears beside its parent');
    await picture(page, 'fork');

    await clickButton(page, 'Draw them');
    await page.waitForSelector('#figures-title ~ .charts svg.marks', {timeout: kLong});
    await clickButton(page, 'Look inside');
    await page.waitForSelector('section[aria-labelledby="inside-title"] .charts .marks', {timeout: kLong});
    await page.focus('.slider input');
    await page.keyboard.press('Home');
    await until(page, 'the first state', () => /^step [0-9,]+$/.test(document.querySelector('.slider output').textContent));
    assert.deepEqual(await axeLines(page), []);
    assertQuiet(opened);
    await page.close();
  });

  // Catches: a server that packs the script for each page, for seconds.
  test('the script comes as it is, at once', async () => {
    const start = performance.now();
    const answer = await fetch(`${server.address}app.js`, {headers: {'Accept-Encoding': 'gzip, deflate, br, zstd'}});
    assert.ok((await answer.text()).length > 500000);
    assert.equal(answer.headers.get('content-encoding'), null);
    assert.ok(performance.now() - start < 3000);
  });

  test('a condition, a table with both runs, a run that is stopped and goes on', async () => {
    const opened = await openPage(browser, server.address);
    const {page} = opened;
    assert.equal(await textOf(page, '.toolbar .shown'), '3 runs');
    await page.type('input[placeholder^="status"]', 'task.modulus = 5');
    await until(page, 'the condition', () => document.querySelector('.toolbar .shown').textContent === '1 of 3 runs' || document.querySelector('#where-error').textContent);
    assert.equal(await textOf(page, '.toolbar .shown'), '1 of 3 runs');
    await clickButton(page, 'Start a run');
    await fillForm(page, {...kSettings, seed: 1, 'train.steps': 200000});
    await clickButton(page, 'Start', 'dialog');
    await longUntil(page, 'the run in training', () => document.querySelector('h1 .status')?.textContent === 'running' && [...document.querySelectorAll('button')].some((one) => one.textContent === 'Stop'));
    await longUntil(page, 'a curve', () => document.querySelector('.u-over'));
    await clickButton(page, 'Stop');
    await longUntil(page, 'that it stopped', () => document.querySelector('h1 .status').textContent === 'interrupted');
    await clickButton(page, 'Resume');
    await longUntil(page, 'that it goes on', () => document.querySelector('h1 .status').textContent === 'running');
    await longUntil(page, 'the button that stops', () => [...document.querySelectorAll('button')].some((one) => one.textContent === 'Stop'));
    await clickButton(page, 'Stop');
    await longUntil(page, 'that it stopped again', () => document.querySelector('h1 .status').textContent === 'interrupted');
    assertQuiet(opened);
    await page.close();
  });

  test('read-only shows the same and writes nothing', async () => {
    const reader = await Server.start(join(folder, 'store'), '--read-only');
    const opened = await openPage(browser, reader.address);
    try {
      assert.equal(await textOf(opened.page, '.mode'), 'read-only');
      assert.match(await textOf(opened.page, '.toolbar .shown'), /^[34] runs$/);
      assertQuiet(opened);
    } finally {
      await opened.page.close();
      await reader.stop();
    }
  });
});
