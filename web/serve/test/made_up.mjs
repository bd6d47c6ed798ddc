// Made-up runs in the form of the server's answers: the same seed gives the same runs. No network was trained.

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomStream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const kOutcomes = [['run', 'text'], ['name', 'text'], ['tags', 'text'], ['status', 'text'], ['step', 'number'], ['train_accuracy', 'number'],
  ['test_accuracy', 'number'], ['T_fit', 'number'], ['T_grok', 'number'], ['T_ungrok', 'number'], ['parent', 'text'], ['created', 'text'], ['task', 'text'],
  ['train_rows', 'number'], ['train_loss', 'number'], ['test_loss', 'number'], ['norm', 'number'], ['seconds', 'number'], ['reason', 'text'], ['engine', 'text']];
const kKeys = [['seed', 'integer'], ['split.train_fraction', 'number'], ['optim.weight_decay', 'number'], ['optim.kind', 'choice'], ['fork.run', 'text'], ['fork.step', 'number']];

export const kColumns = [...kOutcomes.map(([name, type]) => ({name, type})), ...kKeys.map(([name, type]) => ({name, type, key: true}))];
export const kMetrics = ['train_accuracy', 'test_accuracy', 'train_loss', 'test_loss', 'norm', 'objective', 'gradient_norm', 'update_norm', 'learning_rate'];

export const kConfigKeys = [
  {key: 'seed', type: 'integer', default: 0, choices: [], help: 'Seed of the initial weights, and of split, labels and batches without their own.', section: '', allowed: 'a whole number of at least 0', unit: ''},
  {key: 'task.modulus', type: 'integer', default: 113, choices: [], help: 'p of the modular operations; a prime for division.', section: 'task', allowed: 'a whole number in [2, 2000]', unit: ''},
  {key: 'task.operation', type: 'choice', default: 'add', choices: ['add', 'subtract', 'divide'], help: 'What is to be learnt.\n  add: x + y mod p', section: 'task', allowed: 'one of add, subtract, divide', unit: ''},
  {key: 'split.train_size', type: 'integer', default: 0, choices: [], help: 'Size D of the training set; 0 takes split.train_fraction.', section: 'split', allowed: 'a whole number of at least 0', unit: 'rows'},
  {key: 'split.train_fraction', type: 'number', default: 0.3, choices: [], help: 'Size of the training set as a fraction of all rows.', section: 'split', allowed: 'a number in [0, 1]', unit: 'fraction of rows'},
  {key: 'optim.kind', type: 'choice', default: 'adamw', choices: ['adamw', 'sgd', 'muon'], help: 'The optimiser.', section: 'optim', allowed: 'one of adamw, sgd, muon', unit: ''},
  {key: 'optim.weight_decay', type: 'number', default: 1, choices: [], help: 'Lambda: theta shrinks by learning_rate * lambda * theta.', section: 'optim', allowed: 'a number of at least 0', unit: ''},
  {key: 'model.biases', type: 'boolean', default: false, choices: [], help: 'Whether layers have biases.', section: 'model', allowed: 'true or false', unit: ''},
  {key: 'train.steps', type: 'integer', default: 40000, choices: [], help: 'Optimiser steps after which the run is finished.', section: 'train', allowed: 'a whole number of at least 0', unit: 'steps'},
  {key: 'train.stop_test_accuracy', type: 'number', default: 0, choices: [], help: 'Stops once test accuracy has held this value; 0 switches it off.', section: 'train', allowed: 'a number in [0, 1]', unit: 'fraction of rows'},
  {key: 'fork.run', type: 'text', default: '', choices: [], help: 'The run that this one was forked from.', section: 'fork', allowed: '', unit: ''},
];

const kFractions = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8];
const kDecays = [0.1, 0.3, 1, 3];
const kKinds = ['adamw', 'sgd', 'muon'];

/** A run with what its curves follow from. */
export function madeUpRun(i, random, options = {}) {
  const id = options.id ?? Array.from({length: 12}, () => '0123456789abcdef'[Math.floor(random() * 16)]).join('');
  const fraction = options.fraction ?? kFractions[i % kFractions.length];
  const decay = options.decay ?? kDecays[Math.floor(i / kFractions.length) % kDecays.length];
  const kind = options.kind ?? kKinds[Math.floor(i / 40) % kKinds.length];
  const fit = Math.round(150 * (0.7 + 0.6 * random()) * (0.5 + fraction));
  const delay = Math.exp(1 + 3.2 * (0.55 - fraction) + 0.6 * random()) / Math.sqrt(decay);
  const grok = options.grok ?? (fraction < 0.2 || delay > 40 ? null : Math.round(fit * (1 + delay) / 100) * 100);
  const status = options.status ?? (i % 97 === 41 ? 'diverged' : i % 61 === 17 ? 'interrupted' : 'finished');
  const steps = options.steps ?? 20000;
  return {id, fraction, decay, kind, fit, grok: status === 'diverged' ? null : grok, status, steps, step: options.step ?? (status === 'finished' ? steps : Math.round(steps * (0.2 + 0.6 * random()))),
    seed: options.seed ?? Math.floor(i / 120), parent: options.parent ?? null, forkStep: options.forkStep ?? null, ungrokAt: options.ungrokAt ?? null,
    name: options.name ?? null, tags: options.tags ?? [], noise: random(), made: options.made ?? i, runningHere: options.runningHere ?? false, extra: options.extra ?? {}};
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** One record of a made-up run. */
export function recordAt(run, step) {
  const at = (when, width) => sigmoid((Math.log1p(step) - Math.log1p(when)) / width);
  const train = Math.min(1, 0.01 + 0.99 * at(run.fit * 0.7, 0.25));
  let test = run.grok === null ? 0.01 + 0.12 * run.fraction * at(run.fit, 0.3) : Math.min(1, 0.01 + 0.995 * at(run.grok * 0.9, 0.16));
  if (run.ungrokAt !== null) test = Math.max(0.2, 1 - 0.8 * at(run.ungrokAt, 0.1));
  const broken = run.status === 'diverged' && step > 0.9 * run.step;
  const trainLoss = broken ? null : 4.7 * (1 - train) + 1e-5 * (1 + run.noise);
  return {
    train_accuracy: train > 0.999 ? 1 : train, test_accuracy: test > 0.995 ? 1 : test, train_loss: trainLoss, test_loss: broken ? null : 12 * (1 - test) + 2e-4,
    norm: broken ? null : 20 + 40 * at(run.fit, 0.4) - 25 * (run.grok === null ? 0 : at(run.grok, 0.3)), objective: trainLoss === null ? null : trainLoss + 0.01,
    gradient_norm: broken ? null : 0.5 * (1.001 - train), update_norm: 0.02, learning_rate: 1e-3,
  };
}

/** 200 steps at equal distances of log(1 + step), and the last. */
export function stepsOf(run, count = 200) {
  const steps = new Set();
  for (let i = 0; i <= count; ++i) steps.add(Math.round(Math.expm1((i / count) * Math.log1p(run.step))));
  return [...steps];
}

export function curveOf(run, columns, after = -1) {
  const step = stepsOf(run).filter((one) => one > after);
  const records = step.map((one) => recordAt(run, one));
  return {run: run.id, step, columns: Object.fromEntries(columns.map((name) => [name, records.map((record) => record[name] ?? null)]))};
}

export function rowOf(run) {
  const last = recordAt(run, run.step);
  const reached = (step) => (step !== null && step <= run.step ? step : null);
  const cells = {
    run: run.id, name: run.name, tags: run.tags, status: run.status, step: run.step, train_accuracy: last.train_accuracy, test_accuracy: last.test_accuracy,
    T_fit: reached(run.fit), T_grok: reached(run.grok), T_ungrok: reached(run.ungrokAt), parent: run.parent,
    created: new Date(Date.UTC(2026, 9, 1) + run.made * 60000).toISOString().replace('.000', ''), task: 'x + y mod 59', train_rows: Math.floor(3481 * run.fraction), train_loss: last.train_loss, test_loss: last.test_loss,
    norm: last.norm, seconds: run.step / 800, reason: run.status === 'finished' ? 'all steps done' : run.status, engine: 'cpu',
    seed: run.seed, 'split.train_fraction': run.fraction, 'optim.weight_decay': run.decay, 'optim.kind': run.kind, 'fork.run': run.parent ?? '', 'fork.step': run.forkStep ?? 0,
  };
  return kColumns.map(({name}) => cells[name] ?? null);
}

export function configOf(run) {
  const config = Object.fromEntries(kConfigKeys.map(({key, default: value}) => [key, value]));
  return {...config, 'task.modulus': 59, seed: run.seed, 'split.train_fraction': run.fraction, 'optim.weight_decay': run.decay, 'optim.kind': run.kind,
    'train.steps': run.steps, 'train.stop_test_accuracy': 0.99, 'fork.run': run.parent ?? '', ...run.extra};
}

/** `count` runs over fractions, weight decays, optimisers and seeds. */
export function madeUpRuns(count, seed = 1) {
  const random = randomStream(seed);
  return Array.from({length: count}, (_, i) => madeUpRun(i, random));
}

/** A figure as the report makes them, of a run's two accuracies. */
export function figureOf(run, id, title) {
  const rows = stepsOf(run, 60).flatMap((step) => ['train', 'test'].map((split) => `${split},${step},${recordAt(run, step)[`${split}_accuracy`].toFixed(4)}`));
  return {
    id, title, caption: 'Fraction of rows whose largest logit is the label.', description: `${title} of ${run.id}`,
    spec: {
      width: 'container', height: 300, autosize: {type: 'fit', contains: 'padding'},
      data: {values: `series,step,value\n${rows.join('\n')}\n`, format: {type: 'csv', parse: {step: 'number', value: 'number'}}},
      layer: [{mark: {type: 'line'}, encoding: {
        x: {field: 'step', type: 'quantitative', title: 'step', scale: {type: 'symlog', constant: 1}, axis: {values: [0, 1, 10, 100, 1000, 10000]}},
        y: {field: 'value', type: 'quantitative', title: 'accuracy', axis: {format: '~%'}},
        color: {field: 'series', type: 'nominal', scale: {domain: ['test', 'train'], range: ['#0072b2', '#d55e00']}, legend: {title: null}},
      }}],
    },
  };
}
