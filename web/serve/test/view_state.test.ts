// The state of the page and the fragment of its address.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {fromFragment, kFirstView, toFragment, type View} from '../src/view_state';

// Catches: a field that a link loses, and signs that an address or a list gives a meaning of their own.
test('every field survives the way through the address', () => {
  const view: View = {
    view: 'sweeps', run: '', text: 'a b=c -d 50% + &?#', where: "status = 'finished' AND optim.weight_decay > 0.1", picks: [{column: 'task.name', value: 'x = y, z%2C'}],
    order: {column: 'test_accuracy', descending: true}, columns: ['run', 'a,b'], group: 'seed', open: ['0.3', 'null'], outcome: 'T_fit', base: 'abc', selected: ['r1', 'r2'],
    curves: ['norm'], logSteps: false, color: 'optim.kind', family: false, x: 'k1', y: 'k2', value: 'T_grok', series: 's', state: 1200,
  };
  assert.deepEqual(fromFragment(toFragment(view)), view);
});

test('a view as at the start has a short address, and no curves is not the usual curves', () => {
  assert.equal(toFragment(kFirstView), '#/runs');
  assert.deepEqual(fromFragment(toFragment({...kFirstView, curves: []})).curves, []);
});

test('one run is named in the path', () => {
  const view = {...kFirstView, view: 'run' as const, run: 'a/b c'};
  assert.equal(toFragment(view), '#/run/a%2Fb%20c');
  assert.deepEqual(fromFragment(toFragment(view)), view);
});

// Catches: an address by hand that throws or shows nothing.
test('what cannot be read is as at the start', () => {
  for (const fragment of ['', '#', '#/nowhere', '#/run/', '#/run/%E0%A4%A', '#/runs?state=abc&sort=&unknown=1&&=']) {
    const view = fromFragment(fragment);
    assert.ok(['runs', 'run'].includes(view.view), fragment);
    assert.equal(view.order, null);
    assert.equal(view.state, null);
  }
});
