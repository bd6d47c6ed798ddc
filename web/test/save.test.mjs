// Files that the page offers, and how text is handed to the browser.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {downloadOf, saveText} from '../src/save.js';

const spec = {height: 400, data: {values: 'step,value\n1,0.5\n', format: {type: 'csv'}}};

// Catches: the two kinds swapped.
test('CSV is the data as it stands in the specification', () => {
  assert.deepEqual(downloadOf('csv', 'losses', spec),
                   {fileName: 'losses.csv', type: 'text/csv', text: 'step,value\n1,0.5\n'});
});

test('a specification says its schema and can be read again', () => {
  const {fileName, type, text} = downloadOf('spec', 'losses', spec);
  assert.equal(fileName, 'losses.vl.json');
  assert.equal(type, 'application/json');
  const {$schema, ...rest} = JSON.parse(text);
  assert.match($schema, /vega-lite\/v5\.json$/);
  assert.deepEqual(rest, spec);
});

// Catches: an address that is given back before the browser has read it, or never.
test('text is offered under its name and its address is given back later', async (t) => {
  const later = t.mock.method(globalThis, 'setTimeout', () => {});
  const link = {click: t.mock.fn()};
  globalThis.document = {createElement: (tag) => (assert.equal(tag, 'a'), link)};
  const given = t.mock.method(URL, 'createObjectURL', () => 'blob:1');
  const revoked = t.mock.method(URL, 'revokeObjectURL', () => {});
  saveText('losses.csv', 'text/csv', 'a,b\n');
  const blob = given.mock.calls[0].arguments[0];
  assert.equal(blob.type, 'text/csv;charset=utf-8');
  assert.equal(await blob.text(), 'a,b\n');
  assert.equal(link.href, 'blob:1');
  assert.equal(link.download, 'losses.csv');
  assert.equal(link.click.mock.callCount(), 1);
  assert.equal(revoked.mock.callCount(), 0);
  const [giveBack, delay] = later.mock.calls[0].arguments;
  assert.equal(delay, 1000);
  giveBack();
  assert.deepEqual(revoked.mock.calls[0].arguments, ['blob:1']);
});
