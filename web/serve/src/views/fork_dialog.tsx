// Forking a run at a step of its curve: with less data, with any other key changed, for some steps more.
import {useEffect, useRef, useState} from 'preact/hooks';

import type {App} from '../app';
import {formatCount} from '../format';
import {changesOf, fewerRows, type Draft} from '../form';
import type {Cell, RunDetails} from '../types';
import {Dialog} from './dialog';
import {KeyEditor} from './key_editor';

/** The stored state that the server takes: the last at or before the step. */
export function stateFor(states: readonly number[], step: number): number | null {
  const before = states.filter((state) => state <= step);
  return before.length ? Math.max(...before) : null;
}

export function ForkDialog({app, run, step}: {app: App; run: string; step: number}) {
  const details = app.details.get(run);
  return (
    <Dialog title={`Fork ${run.slice(0, 12)}`} onClose={() => app.open(null)}>
      {details && app.keys ? <ForkForm app={app} details={details} step={step} /> : <p class="note" role="status">Reading the run {'\u2026'}</p>}
    </Dialog>
  );
}

const textsOf = (config: Record<string, Cell>): Draft => Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]));

function ForkForm({app, details, step: first}: {app: App; details: RunDetails; step: number}) {
  const [step, setStep] = useState(String(first));
  const [removes, setRemoves] = useState(true);
  const [percent, setPercent] = useState('40');
  const [steps, setSteps] = useState(String(Math.max(1000, Number(details.config['train.steps'] ?? 0) || 1000)));
  const [draft, setDraft] = useState<Draft>({});
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const share = Number(percent) / 100;
  const isShare = share > 0 && share < 1;
  const data = removes && isShare ? fewerRows(details.config, 1 - share) : {};
  // What is written by hand has the last word.
  const {config, complaints} = changesOf(app.keys!, {...textsOf(data), ...draft}, details.config);
  const at = /^\d+$/.test(step.trim()) ? Number(step) : NaN;
  const state = Number.isNaN(at) ? null : stateFor(details.states, at);
  const wrong = Object.keys(complaints).length > 0 || (removes && !isShare) || !/^[1-9]\d*$/.test(steps.trim()) || state === null;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy || wrong) return;
    setBusy(true);
    const answer = await app.act<{run: string; at: number}>(`/api/runs/${encodeURIComponent(details.run)}/fork`, {step: at, config, steps: Number(steps)},
      (done) => `Forked at step ${formatCount(done.at)}: run ${done.run}.`);
    setBusy(false);
    if (!answer) return;
    app.open(null);
    await app.loadDetails(details.run);
    if (app.view.view !== 'run') app.set({view: 'run', run: details.run});
    // On a log axis what follows a late fork would be a sliver.
    app.set({family: true, logSteps: false});
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <div class="rows">
        <label class="field block">Fork here: step <input ref={field} value={step} inputMode="numeric" aria-describedby="fork-state" onInput={(event) => setStep(event.currentTarget.value)} /></label>
        <p id="fork-state" class={state === null ? 'complaint' : 'help'}>
          {details.states.length === 0 ? 'This run has no stored state to fork from.'
            : state === null ? `Expected a step from ${formatCount(Math.min(...details.states))} on, the first stored state.`
              : state === at ? 'A state is stored at this step.' : `The nearest stored state before it is taken: step ${formatCount(state)}.`}
        </p>
        <label class="field block">
          <input type="checkbox" checked={removes} onChange={() => setRemoves(!removes)} /> remove{' '}
          <input class="short" aria-label="Percent of the training rows to remove" value={percent} inputMode="decimal" disabled={!removes} onInput={(event) => setPercent(event.currentTarget.value)} /> % of the training rows
        </label>
        {removes && <p class={isShare ? 'help' : 'complaint'}>{isShare ? Object.entries(data).map(([key, value]) => `${key} = ${value}`).join(', ') : 'Expected a percentage between 0 and 100.'}</p>}
        <label class="field block">Further steps <input value={steps} inputMode="numeric" onInput={(event) => setSteps(event.currentTarget.value)} /></label>
      </div>
      <KeyEditor keys={app.keys!} draft={draft} base={{...details.config, ...data}} onChange={setDraft} />
      {app.message.startsWith('Not done') && <p class="complaint" role="alert">{app.message}</p>}
      <div class="actions">
        <button type="submit" class="primary" disabled={busy || wrong}>Fork</button>
        <button type="button" onClick={() => app.open(null)}>Cancel</button>
      </div>
    </form>
  );
}
