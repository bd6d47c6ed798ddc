// Maps and curves over keys, thinning of curves, forms.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {coloursByValue, runColours} from '../src/colours';
import {changesOf, draftFrom, fewerRows, searchKeys} from '../src/form';
import {heatMap, kGrokkedShare, transition, wilson} from '../src/heat';
import {makeRuns} from '../src/list';
import {describe, logSteps, nearestDefined, panelsOf, seriesOf} from '../src/plot_data';
import {appendCurve, thinCurve} from '../src/thin';
import {transitionSpec} from '../src/transition_spec';
import type {ConfigKey, Row} from '../src/types';

const columns = [{name: 'run', type: 'text'}, {name: 'T_grok', type: 'number'}, {name: 'x', type: 'number', key: true}, {name: 'y', type: 'text', key: true}];
const rows: Row[] = [['a', 100, 0.1, 'u'], ['b', null, 0.1, 'u'], ['c', 300, 0.1, 'u'], ['d', 50, 10, 'v'], ['e', null, 2, 'v']];
const runs = makeRuns({version: 1, columns, rows});

test('cells hold the fraction that grokked, or the median of those that did', () => {
  const share = heatMap(runs, rows, 'x', 'y', kGrokkedShare);
  assert.deepEqual([share.xs, share.ys], [[0.1, 2, 10], ['u', 'v']]);
  assert.deepEqual(share.cells[0]![0], {x: 0.1, y: 'u', count: 3, grokked: 2, value: 2 / 3});
  assert.equal(share.cells[0]![1], undefined);
  const median = heatMap(runs, rows, 'x', 'y', 'T_grok');
  assert.equal(median.cells[0]![0]!.value, 200);
  assert.equal(median.cells[1]![1]!.value, null);
  assert.deepEqual([median.low, median.high], [50, 200]);
});

test('without a second key there is one line', () => {
  const map = heatMap(runs, rows, 'x', '', kGrokkedShare);
  assert.deepEqual(map.cells.map((line) => line.map((cell) => cell!.count)), [[3, 1, 1]]);
});

// Wilson (1927): 8 of 10 is 0.490 to 0.943.
test('the interval of a fraction is Wilson\'s', () => {
  const [low, high] = wilson(8, 10);
  assert.ok(Math.abs(low - 0.4902) < 5e-4 && Math.abs(high - 0.9433) < 5e-4);
  assert.ok(wilson(0, 5)[0] < 1e-12);
  assert.ok(wilson(5, 5)[1] > 1 - 1e-12);
});

test('a transition has a point for each value, in order, and none where nothing is known', () => {
  const points = transition(runs, rows, 'x', 'y', 'T_grok');
  assert.deepEqual(points.map(({x, series, value, count}) => [x, series, value, count]), [[0.1, 'u', 200, 3], [10, 'v', 50, 1]]);
  const spec = transitionSpec(transition(runs, rows, 'x', '', kGrokkedShare), 'x', '', 'fraction', true, new Map()) as {layer: {encoding: {x: {scale: object}}}[]};
  assert.deepEqual(spec.layer[0]!.encoding.x.scale, {zero: false, type: 'log'});
});

test('sizes have ordered colours, names those that stay apart; the same value has the same', () => {
  const sizes = coloursByValue([10, 100, 10, 50]);
  assert.deepEqual([...sizes.keys()], ['10', '50', '100']);
  assert.equal(sizes.get('10'), '#440154');
  assert.deepEqual([...coloursByValue(['b', 'a']).values()], ['#0072b2', '#d55e00']);
  assert.equal(new Set(runColours(20)).size, 20);
  assert.notEqual([...coloursByValue([1, 2, 3], true).values()][0], '#440154');
});

const curve = (n: number) => ({run: 'a', step: Array.from({length: n}, (_, i) => i * 10), columns: {v: Array.from({length: n}, (_, i): number | null => i / n)}});

test('thinning keeps first, last, order, and a spike', () => {
  const spiky = curve(5000);
  spiky.columns.v[3333] = 50;
  const thin = thinCurve(spiky, 100);
  assert.ok(thin.step.length <= 100 && thin.step.length > 40);
  assert.deepEqual([thin.step[0], thin.step.at(-1)], [0, 49990]);
  assert.ok(thin.columns['v']!.includes(50));
  assert.ok(thin.step.every((step, i) => i === 0 || step > thin.step[i - 1]!));
  assert.equal(thinCurve(curve(50), 100).step.length, 50);
});

// Catches: a reconnect that sends records twice, and a column that the stream does not send.
test('what comes in continues a curve and replaces steps it has', () => {
  const joined = appendCurve(curve(3), {run: 'a', step: [20, 30], columns: {v: [7, 8]}});
  assert.deepEqual(joined, {run: 'a', step: [0, 10, 20, 30], columns: {v: [0, 1 / 3, 7, 8]}});
  assert.deepEqual(appendCurve(curve(1), {run: 'a', step: [10], columns: {}}).columns['v'], [0, null]);
});

test('accuracies share a chart, losses another, test before train', () => {
  const panels = panelsOf(['train_loss', 'train_accuracy', 'test_accuracy', 'norm']);
  assert.deepEqual(panels.map((panel) => [panel.axis, panel.columns.join()]), [['fraction', 'test_accuracy,train_accuracy'], ['log', 'train_loss'], ['linear', 'norm']]);
});

test('one run has a colour for each column, several a colour each; zeros have no place on a log axis', () => {
  const panel = {title: 'Loss', axis: 'log' as const, columns: ['v']};
  const one = seriesOf(panel, [{curve: curve(3), label: 'a', colour: '#1'}], ['#c'], 100);
  assert.deepEqual([one[0]!.colour, one[0]!.label, one[0]!.y], ['#c', 'v', [null, 1 / 3, 2 / 3]]);
  const both = {title: 'Accuracy', axis: 'fraction' as const, columns: ['v', 'v']};  // dashed as well, for those who do not tell the colours apart
  assert.deepEqual(seriesOf(both, [{curve: curve(3), label: 'a', colour: '#1'}], ['#c', '#d'], 100).map(({dash}) => dash.length), [0, 2]);
  const two = seriesOf(panel, [{curve: curve(3), label: 'a', colour: '#1'}, {curve: curve(3), label: 'b', colour: '#2'}], ['#c'], 100);
  assert.deepEqual(two.map(({colour, label}) => [colour, label]), [['#1', 'a'], ['#2', 'b']]);
  assert.equal(describe(panel, one, String), 'Loss over steps 0 to 20, one curve: v ends at 0.6666666666666666.');
});

// Catches: a fork drawn from step 0, over its parent's beginning.
test('a fork goes on where it was made', () => {
  const panel = {title: 'V', axis: 'linear' as const, columns: ['v']};
  const [, fork] = seriesOf(panel, [{curve: curve(3), label: 'a', colour: '#1'}, {curve: curve(3), label: 'b', colour: '#2', offset: 500}], ['#c'], 100);
  assert.deepEqual(fork!.x, [500, 510, 520]);
});

// Catches: a fork that begins generalising counted as one that grokked.
test('a time of 0 is no grokking', () => {
  const began = makeRuns({version: 1, columns, rows: [['a', 0, 1, 'u'], ['b', 10, 1, 'u']]});
  assert.equal(heatMap(began, began.rows, 'x', 'y', kGrokkedShare).cells[0]![0]!.grokked, 1);
});

test('ticks and the value next to the pointer', () => {
  assert.deepEqual(logSteps(2500), [0, 1, 10, 100, 1000]);
  assert.equal(nearestDefined([undefined, 3, null, undefined, 5], 2), 1);
  assert.equal(nearestDefined([null], 0), -1);
});

const keys: ConfigKey[] = [
  {key: 'train.steps', type: 'integer', default: 40000, help: 'How long', section: 'train'}, {key: 'optim.weight_decay', type: 'number', default: 1, help: 'Lambda of steps', section: 'optim'},
  {key: 'model.biases', type: 'boolean', default: false, help: '', section: 'model'}, {key: 'optim.kind', type: 'choice', default: 'adamw', choices: ['adamw', 'sgd'], help: '', section: 'optim'},
  {key: 'fork.run', type: 'text', default: '', help: '', section: 'fork'}];

test('only what differs is sent, in the type of its key', () => {
  const {config, complaints} = changesOf(keys, {'train.steps': '100', 'optim.weight_decay': '1.0', 'model.biases': 'true', 'optim.kind': 'sgd'});
  assert.deepEqual(config, {'train.steps': 100, 'model.biases': true, 'optim.kind': 'sgd'});
  assert.deepEqual(complaints, {});
});

test('what is no value of its key is told and not sent', () => {
  const {config, complaints} = changesOf(keys, {'train.steps': '1e3', 'optim.weight_decay': 'much', 'optim.kind': 'adam', 'model.biases': 'yes'});
  assert.deepEqual(config, {});
  assert.deepEqual(Object.keys(complaints), ['train.steps', 'optim.weight_decay', 'model.biases', 'optim.kind']);
});

test('a fork is compared with its parent, not with the defaults', () => {
  assert.deepEqual(changesOf(keys, {'optim.weight_decay': '1'}, {'optim.weight_decay': 0.3}).config, {'optim.weight_decay': 1});
  assert.deepEqual(changesOf(keys, {'optim.weight_decay': '0.3'}, {'optim.weight_decay': 0.3}).config, {});
});

// Catches: a fork that stops at its first evaluation by its parent's rule; a fraction changed where the size counts.
test('fewer rows: of the size where it is given, else of the fraction; the rule of stopping goes', () => {
  assert.deepEqual(fewerRows({'split.train_size': 1400, 'split.train_fraction': 0.3}, 0.6), {'split.train_size': 840});
  assert.deepEqual(fewerRows({'split.train_size': 0, 'split.train_fraction': 0.3, 'train.stop_test_accuracy': 0.99}, 0.6),
    {'split.train_fraction': 0.18, 'train.stop_test_accuracy': 0});
});

test('a form from a run holds what differs, but not where it came from', () => {
  assert.deepEqual(draftFrom(keys, {'train.steps': 40000, 'optim.weight_decay': 0.1, 'fork.run': 'abc'}), {'optim.weight_decay': '0.1'});
});

test('keys are found by name first, then by what they mean', () => {
  assert.deepEqual(searchKeys(keys, 'steps').map((key) => key.key), ['train.steps', 'optim.weight_decay']);
  assert.deepEqual(searchKeys(keys, 'weight decay').map((key) => key.key), ['optim.weight_decay']);
});
