// Legends' room and charts' heights, which the page reserves before anything is drawn.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {chartSize, kLabelSize, kRowHeight, legendLayout, setLegendColumns} from '../src/legend.js';
import {themeFor} from '../src/theme.js';

const legend = () => ({title: null});
const channel = (field, labels, more = {}) => ({field, scale: {domain: labels}, legend: legend(), ...more});

/** A chart with the given encodings in each of its layers. */
function chart(encoding, more = {}) {
  return {height: 400, layer: [{encoding: structuredClone(encoding)}, {encoding: structuredClone(encoding)}], ...more};
}

// 10 letters take 40 + 10 * 12 * 0.58 = 109.6 pixels; right of the axis lie 660 - 60 = 600: 5 columns.
const tenLetters = Array.from({length: 12}, (_, i) => `label-${String(i).padStart(4, '0')}`);

test('entries fill as many columns as fit beside the axis', () => {
  const layout = legendLayout(chart({color: channel('part', tenLetters)}), 660);
  assert.equal(tenLetters[0].length * kLabelSize * 0.58, 69.6);
  assert.deepEqual(layout.columns, {color: 5});
  assert.equal(layout.rows, 3); // catches: rows rounded down
  assert.equal(layout.labelLimit, 560);
});

test('the widest label decides, up to the limit', () => {
  const long = legendLayout(chart({color: channel('part', ['a', 'x'.repeat(500)])}), 300);
  assert.deepEqual(long.columns, {color: 1});
  assert.equal(long.labelLimit, 200);
  assert.equal(legendLayout(chart({color: channel('part', ['a'])}), 10).labelLimit, 80); // never below 80
});

test('numbers are labels too', () => {
  assert.equal(legendLayout(chart({color: channel('rows', [1, 22, 333])}), 660).rows, 1);
});

// Catches: a second legend that is not counted, or a shared one that is counted twice.
test('colour and dash have two legends, or one if they show the same field', () => {
  const two = legendLayout(chart({color: channel('part', ['a']), strokeDash: channel('group', ['b'])}), 660);
  assert.equal(two.rows, 2);
  assert.deepEqual(Object.keys(two.columns), ['color', 'strokeDash']);
  const one = legendLayout(chart({color: channel('part', ['a']), strokeDash: channel('part', ['a'])}), 660);
  assert.equal(one.rows, 1);
  assert.deepEqual(Object.keys(one.columns), ['color']);
});

test('a hidden legend and one with a title of its own take no room on top', () => {
  const hidden = channel('part', ['a'], {legend: null});
  const titled = channel('part', ['a'], {legend: {title: 'part'}});
  for (const color of [hidden, titled, undefined]) {
    assert.deepEqual(legendLayout(chart(color ? {color} : {}), 660), {columns: {}, labelLimit: 560, rows: 0});
  }
});

test('a chart is as high as asked, no higher than wide, never below 300, plus its legends and controls', () => {
  const spec = chart({color: channel('part', tenLetters)});
  assert.equal(chartSize(spec, 660).height, 400 + 3 * kRowHeight);
  assert.equal(chartSize({...spec, height: 900}, 660).height, 660 + 3 * kRowHeight);
  assert.equal(chartSize({...chart({}), height: 900}, 200).height, 300);
  assert.equal(chartSize(chart({}), 660).reserved, 400);
  assert.equal(chartSize(chart({}, {params: []}), 660).reserved, 440);
});

test('columns are written into every layer, and into a shared dash legend', () => {
  const spec = chart({color: channel('part', ['a']), strokeDash: channel('part', ['a'])});
  setLegendColumns(spec, {columns: {color: 4}});
  for (const layer of spec.layer) assert.equal(layer.encoding.color.legend.columns, 4);
  assert.equal(spec.layer[0].encoding.strokeDash.legend.columns, 4);

  const own = chart({color: channel('part', ['a']), strokeDash: channel('group', ['a'])});
  own.layer.push({mark: 'rule'}); // a layer without encodings stays as it is
  setLegendColumns(own, {columns: {strokeDash: 2, color: 4}});
  assert.equal(own.layer[0].encoding.strokeDash.legend.columns, 2); // catches: colour's columns written over it
});

test('the theme cuts labels where the layout does', () => {
  assert.equal(themeFor({labelLimit: 123}).legend.labelLimit, 123);
});
