// A chart's CSV text becomes rows, everything else stays.
import assert from 'node:assert/strict';
import test from 'node:test';

import {withRows} from '../src/rows.js';

const parseRows = (text) => text.trimEnd().split('\n').map((line) => line.split(','));

test('texts of CSV become objects of texts, and the format says so', () => {
  const spec = {data: {values: 'step,run\n1,a\n2,b\n', format: {type: 'csv', parse: {step: 'number'}}}, mark: 'line'};
  assert.deepEqual(withRows(spec, parseRows), {
    data: {values: [{step: '1', run: 'a'}, {step: '2', run: 'b'}], format: {type: 'json', parse: {step: 'number'}}},
    mark: 'line',
  });
  assert.equal(typeof spec.data.values, 'string', 'downloads need the text');
});

test('data inside layers too; lists and texts of other keys are left alone', () => {
  const layer = {data: {values: 'x\n1\n', format: {type: 'csv'}}};
  const spec = {layer: [layer], axis: {values: [1, 2]}, title: {values: 'x,y'}, none: null};
  const result = withRows(spec, parseRows);
  assert.deepEqual(result.layer[0].data.values, [{x: '1'}]);
  assert.deepEqual({...result, layer: []}, {...spec, layer: []});
});
