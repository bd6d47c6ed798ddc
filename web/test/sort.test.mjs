// The order of a sortable table's rows.
import assert from 'node:assert/strict';
import test from 'node:test';

import {cellValue, compareValues} from '../src/sort.js';

const sorted = (texts, direction) =>
  texts.map((text) => cellValue(text, text === '-')).sort((a, b) => compareValues(a, b, direction));

test('numbers by size, texts behind them, cells without a value last', () => {
  assert.deepEqual(sorted(['10', 'b', '9', '-', 'a', '1e-3'], 1), [0.001, 9, 10, 'a', 'b', undefined]);
});

test('the other way round cells without a value stay last', () => {
  assert.deepEqual(sorted(['10', '-', '9', ''], -1), [10, 9, undefined, undefined]);
});
