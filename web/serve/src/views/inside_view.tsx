// What a stored state looks like inside, with a slider over all stored states of the run.
import {useEffect, useRef, useState} from 'preact/hooks';

import {get, messageOf} from '../api';
import type {App} from '../app';
import {formatCount} from '../format';
import type {Figure, RunDetails} from '../types';
import {Figures} from './figures';

interface Inside {
  step: number;
  figures: Figure[];
}

/** Moving the slider through many states asks for the last of them only. */
const kSettle = 150;

export function InsideView({app, details}: {app: App; details: RunDetails}) {
  const {states, run} = details;
  const step = app.view.state;
  const chosen = step === null ? -1 : states.reduce((best, state, i) => (Math.abs(state - step) < Math.abs((states[best] ?? Infinity) - step) ? i : best), -1);
  const [inside, setInside] = useState<Inside | null>(null);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const known = useRef(new Map<number, Inside>());
  useEffect(() => {
    if (chosen < 0) return undefined;
    const at = states[chosen]!;
    const ready = known.current.get(at);
    if (ready) {
      setInside(ready);
      return undefined;
    }
    let gone = false;
    setBusy(true);
    const timer = setTimeout(async () => {
      try {
        const answer = await get<Inside>(`/api/runs/${encodeURIComponent(run)}/inside`, {step: String(at)});
        known.current.set(at, answer);
        if (!gone) [setInside(answer), setFailure('')];
      } catch (error) {
        if (!gone) setFailure(messageOf(error));
      }
      if (!gone) setBusy(false);
    }, kSettle);
    return () => {
      gone = true;
      clearTimeout(timer);
      setBusy(false);
    };
  }, [run, states[chosen]]);
  const set = (place: number) => app.set({state: states[Math.max(0, Math.min(states.length - 1, place))]!});
  return (
    <section aria-labelledby="inside-title">
      <h2 id="inside-title">Inside the network</h2>
      {chosen < 0
        ? <p><button type="button" onClick={() => set(states.length - 1)}>Look inside</button> <span class="unit">{states.length === 1 ? 'one stored state' : `${states.length} stored states`}</span></p>
        : (
          <div class="slider">
            <button type="button" aria-label="State before" disabled={chosen === 0} onClick={() => set(chosen - 1)}>{'\u2190'}</button>
            <label class="grow"><span class="unseen">Stored state</span>
              <input type="range" min={0} max={states.length - 1} step={1} value={chosen} aria-valuetext={`step ${formatCount(states[chosen]!)}`} onInput={(event) => set(Number(event.currentTarget.value))} />
            </label>
            <button type="button" aria-label="Next state" disabled={chosen === states.length - 1} onClick={() => set(chosen + 1)}>{'\u2192'}</button>
            <output aria-live="polite">step {formatCount(states[chosen]!)}{busy ? ' \u2026' : ''}</output>
          </div>
        )}
      {failure && <p class="complaint" role="alert">{failure}</p>}
      {chosen >= 0 && inside && (inside.figures.length ? <Figures figures={inside.figures} /> : <p class="note">This network has nothing that can be drawn here.</p>)}
    </section>
  );
}
