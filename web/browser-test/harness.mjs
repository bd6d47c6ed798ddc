// What the browser tests share: Debian's Chromium, a page that remembers what it complained of and asked for, axe.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';

const kPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const kAxe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Reports of contrast and of roles count; "region" asks for landmarks around what is shown for a moment. */
const kRules = {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']};

/** How long something may take to appear; milliseconds, generous because the machines are shared. */
const kPatience = 40000;

export async function startBrowser() {
  const {existsSync} = await import('node:fs');
  const executablePath = process.env.CHROMIUM ?? kPlaces.find((place) => existsSync(place));
  if (!executablePath) throw new Error('expected Chromium (Debian package chromium), found none');
  return puppeteer.launch({executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-device-scale-factor=1']});
}

/** A page at `address`. `complaints` and `foreign` must stay empty. */
export async function openPage(browser, address, {width = 1280, height = 900, dark = false, ready = '[role="grid"], [role="treegrid"], h1'} = {}) {
  const page = await browser.newPage();
  const complaints = [], foreign = [];
  const origin = new URL(address).origin;
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('data:') && !url.startsWith('blob:') && (origin === 'null' ? !url.startsWith('file:') : new URL(url).origin !== origin)) foreign.push(url);
  });
  await page.setViewport({width, height});
  await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}, {name: 'prefers-reduced-motion', value: 'reduce'}]);
  await page.goto(address, {waitUntil: 'load'});
  await page.waitForSelector(ready);
  return {page, complaints, foreign};
}

export function assertQuiet({complaints, foreign}) {
  assert.deepEqual(complaints, [], 'the console is silent');
  assert.deepEqual(foreign, [], 'no request to another host');
}

/** What axe finds wrong, one line each. */
export async function axeLines(page) {
  await page.evaluate(kAxe);  // evaluated by the debugger, which no policy of the page forbids
  const {violations} = await page.evaluate((rules) => window.axe.run(document, rules), kRules);
  return violations.flatMap((violation) => violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${node.target.join(' ')} ${node.html.slice(0, 120)} ${node.failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`));
}

export async function textOf(page, selector) {
  return page.$eval(selector, (element) => element.textContent);
}

/** Waits until `check` of the page's document holds; says what was waited for. */
export async function until(page, what, check, ...values) {
  try {
    await page.waitForFunction(check, {timeout: kPatience, polling: 50}, ...values);
  } catch {
    const text = await page.evaluate(() => document.body.innerText.slice(0, 1500));
    assert.fail(`waited in vain: ${what}\n${text}`);
  }
}

export async function clickButton(page, name, within = 'body') {
  const button = await page.waitForSelector(`${within} ::-p-aria([name="${name}"][role="button"])`, {timeout: kPatience});
  await button.click();
}
