// Rows of the table: filters, order, groups, events, texts.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {usualColumns} from '../src/columns';
import {filterRows} from '../src/filter';
import {cellText, differenceText, formatCount, formatFraction, formatNumber, kindOf} from '../src/format';
import {groupRows, medianOf} from '../src/group';
import {applyEvent, makeRuns, valueOf} from '../src/list';
import {nextOrder, sortRows} from '../src/sort';
import type {Row} from '../src/types';

const columns = [{name: 'run', type: 'text'}, {name: 'status', type: 'text'}, {name: 'test_accuracy', type: 'number'}, {name: 'T_grok', type: 'number'},
  {name: 'optim.weight_decay', type: 'number', key: true}];
const rows: Row[] = [
  ['aa', 'finished', 1, 900, 1], ['bb', 'finished', 0.031, null, 0.1], ['cc', 'diverged', null, null, 1], ['dd', 'running', 0.5, 2000, 10]];
const runs = makeRuns({version: 3, columns, rows});
const ids = (some: readonly Row[]) => some.map((row) => row[0]).join(' ');
const passing = (text: string) => ids(filterRows(runs, {text, picks: [], allowed: null}));

test('the text filter knows words, their absence, one column and comparisons', () => {
  assert.equal(passing(''), 'aa bb cc dd');
  assert.equal(passing('FINI'), 'aa bb');
  assert.equal(passing('-finished'), 'cc dd');
  assert.equal(passing('status:run'), 'dd');
  assert.equal(passing('weight_decay=1'), 'aa cc');
  assert.equal(passing('optim.weight_decay>=1 finished'), 'aa');
  assert.equal(passing('test_accuracy<50%'), 'bb');
  assert.equal(passing('test_accuracy<=50%'), 'bb dd');
  assert.equal(passing('nosuch=1'), '');
});

// Catches: a cell without a value that counts as zero.
test('a comparison leaves out what has no value', () => {
  assert.equal(passing('t_grok<5000'), 'aa dd');
  assert.equal(passing('-t_grok<5000'), 'bb cc');
});

test('picks are exact, and the server\'s condition narrows as well', () => {
  assert.equal(ids(filterRows(runs, {text: '', picks: [{column: 'optim.weight_decay', value: '1'}], allowed: null})), 'aa cc');
  assert.equal(ids(filterRows(runs, {text: '', picks: [{column: 'optim.weight_decay', value: '1'}], allowed: new Set(['cc', 'dd'])})), 'cc');
  assert.equal(ids(filterRows(runs, {text: '', picks: [{column: 'gone', value: '1'}], allowed: null})), 'aa bb cc dd');
});

test('what has no value comes last in both directions', () => {
  assert.equal(ids(sortRows(runs, rows, {column: 'T_grok', descending: false})), 'aa dd bb cc');
  assert.equal(ids(sortRows(runs, rows, {column: 'T_grok', descending: true})), 'dd aa bb cc');
  assert.equal(ids(sortRows(runs, rows, {column: 'optim.weight_decay', descending: true})), 'dd aa cc bb');
  assert.equal(ids(rows), 'aa bb cc dd');
});

test('a head sorts up, down, not at all', () => {
  const up = nextOrder(null, 'step'), down = nextOrder(up, 'step');
  assert.deepEqual([up, down, nextOrder(down, 'step'), nextOrder(down, 'run')],
    [{column: 'step', descending: false}, {column: 'step', descending: true}, null, {column: 'run', descending: false}]);
});

test('groups in the order of their numbers, with what came out', () => {
  const groups = groupRows(runs, rows, 'optim.weight_decay', 'test_accuracy');
  assert.deepEqual(groups.map((group) => group.value), [0.1, 1, 10]);
  assert.deepEqual(groups[1]!.summary, {count: 2, known: 1, min: 1, median: 1, max: 1, grokked: 1, of: 2});
  assert.equal(medianOf([1, 2, 3, 10]), 2.5);
  assert.equal(medianOf([]), null);
});

// Catches: a running run that appears twice, a removed one that stays, an order that a change turns.
test('events change rows in their places, put new ones first, take removed ones away', () => {
  const next = applyEvent(runs, {version: 4, columns, rows: [['dd', 'finished', 1, 2000, 10], ['ee', 'running', 0, null, 1]], removed: ['aa']})!;
  assert.equal(ids(next.rows), 'ee bb cc dd');
  assert.equal(valueOf(next, 'dd', 'status'), 'finished');
  assert.equal(next.version, 4);
  assert.equal(ids(runs.rows), 'aa bb cc dd');
  assert.equal(valueOf(runs, 'dd', 'status'), 'running');
});

test('other columns ask for the list anew; a full list replaces it', () => {
  assert.equal(applyEvent(runs, {version: 4, columns: columns.slice(1), rows: []}), null);
  assert.equal(ids(applyEvent(runs, {version: 5, columns: columns.slice(0, 2), rows: [['zz', 'running']], full: true})!.rows), 'zz');
});

test('columns without any value are not shown at first, keys are', () => {
  const list = makeRuns({version: 1, columns: [...columns, {name: 'T_ungrok', type: 'number'}], rows: rows.map((row) => [...row, null])});
  assert.deepEqual(usualColumns(list), ['run', 'status', 'test_accuracy', 'T_grok', 'optim.weight_decay']);
});

// The program's own texts (src/groklab/view/text.h): 100% means exactly all.
test('numbers are written as the program writes them', () => {
  assert.deepEqual([formatCount(1234567), formatFraction(1), formatFraction(0.99999), formatFraction(0.3), formatNumber(0.123456), formatNumber(1.5e-6), formatNumber(1234567)],
    ['1,234,567', '100%', '99.9%', '30.0%', '0.1235', '1.5e-6', '1235000']);
  assert.equal(cellText(null, 'number'), '\u2013');
  assert.equal(cellText('2026-11-27T07:26:18Z', 'time'), '2026-11-27 07:26');
  assert.equal(kindOf({name: 'split.train_fraction', type: 'number', key: true}), 'number');
});

test('differences to the baseline carry their sign, and points of a percentage', () => {
  assert.equal(differenceText(900, 2000, 'count'), '\u22121,100');
  assert.equal(differenceText(1, 0.031, 'fraction'), '+96.9 pp');
  assert.equal(differenceText(5, 5, 'count'), '=');
  assert.equal(differenceText(5, null, 'count'), '5');
});
