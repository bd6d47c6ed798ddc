// Colours of a chart that follow the page, light or dark.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {inPageColours, themeFor} from '../src/theme.js';

// Catches: black and white of marks turned, which captions name; a series in black that a dark page swallows.
test('black series and texts are ink, halos are paper, marks with a meaning stay', () => {
  const spec = {
    data: {values: [{color: '#000000'}]},
    layer: [
      {encoding: {color: {scale: {domain: ['a', 'b'], range: ['#0072b2', '#000000']}}}},
      {mark: {type: 'text', color: '#1d2129', stroke: '#ffffff'}},
      {encoding: {fill: {condition: {test: 'x', value: '#000000'}, value: '#ffffff'}}},
    ],
  };
  assert.deepEqual(inPageColours(spec, '#1b1f26'), {
    data: {values: [{color: '#000000'}]},
    layer: [
      {encoding: {color: {scale: {domain: ['a', 'b'], range: ['#0072b2', 'currentColor']}}}},
      {mark: {type: 'text', color: 'currentColor', stroke: '#1b1f26'}},
      {encoding: {fill: {condition: {test: 'x', value: '#000000'}, value: '#ffffff'}}},
    ],
  });
});

test('axes and legends take the page\'s ink', () => {
  const {axis, legend} = themeFor({labelLimit: 100});
  assert.deepEqual([axis.labelColor, axis.gridColor, legend.labelColor], Array(3).fill('currentColor'));
});
