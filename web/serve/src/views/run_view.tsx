// One run: what came of it, its curves beside those of its family, its configuration, figures, and what is inside.
import {useState} from 'preact/hooks';

import {get, kReadOnly, messageOf} from '../api';
import type {App} from '../app';
import {draftFrom} from '../form';
import {cellText, formatCount, formatDuration, formatFraction, kNothing} from '../format';
import {columnIndex, valueOf} from '../list';
import type {Cell, Figure, RunDetails} from '../types';
import {CurveControls, Curves} from './curves_panel';
import {Figures} from './figures';
import {InsideView} from './inside_view';
import type {Marker} from './plot';

export function RunView({app}: {app: App}) {
  const id = app.view.run;
  const details = app.details.get(id);
  const failure = app.detailErrors.get(id);
  return (
    <>
      <p class="back"><a href="#/runs" onClick={(event) => { event.preventDefault(); app.set({view: 'runs', run: ''}); }}>{'\u2190'} all runs</a></p>
      {failure && !details && <p class="warning" role="alert">{failure}</p>}
      {!details && !failure && <p class="note" role="status">Reading the run {'\u2026'}</p>}
      {details && <OneRun app={app} details={details} />}
    </>
  );
}

function OneRun({app, details}: {app: App; details: RunDetails}) {
  const {run} = details;
  const name = details.name ?? valueOf(app.runs, run, 'name');
  const status = String(valueOf(app.runs, run, 'status') ?? details.status);
  const family = app.familyOf(run);
  const relations = relationNotes(app, details);
  const offsets = offsetsOf(app, details);
  return (
    <>
      <h1>{name ? String(name) : `Run ${run}`} <span class={`status ${status}`}>{status}</span></h1>
      <p class="lead">{details.outcome || taskText(app, run)}</p>
      {details.failure && <p class="warning" role="alert">{details.failure}</p>}
      <Tiles app={app} details={details} />
      <Actions app={app} details={details} status={status} />
      <section aria-labelledby="curves-title">
        <h2 id="curves-title">Curves</h2>
        <div class="controls-line">
          <CurveControls app={app} withColour={false} />
          <label class="field"><input type="checkbox" checked={app.view.family} onChange={() => app.set({family: !app.view.family})} /> with parent and forks</label>
        </div>
        <Curves app={app} runs={family.filter((one) => app.runs.places.has(one) || one === run)} markers={markersOf(details, offsets.get(run) ?? 0)} noteOf={(one) => relations.get(one) ?? ''} offsetOf={(one) => offsets.get(one) ?? 0} height={300}
          {...(kReadOnly ? {} : {onPick: (step: number, of: string) => app.open({kind: 'fork', run: of, step})})} />
        {!kReadOnly && details.states.length > 0 && <p class="hint">Click the accuracy curve at a step to fork there; with the keyboard: the button {'\u201cFork\u2026\u201d'} above. Drag to zoom, double click to zoom out.</p>}
      </section>
      <Family app={app} details={details} relations={relations} />
      <Facts app={app} details={details} />
      <Configuration details={details} />
      <ReportFigures run={run} />
      {details.states.length > 0 && <InsideView app={app} details={details} />}
    </>
  );
}

function taskText(app: App, run: string): string {
  return cellText(valueOf(app.runs, run, 'task') ?? null, 'text');
}

/** Forks count their own steps; on the chart they go on from where they were made, on the axis of the oldest run shown. */
function offsetsOf(app: App, details: RunDetails): Map<string, number> {
  const forkStep = (id: string) => {
    const listed = valueOf(app.runs, id, 'fork.step');
    return typeof listed === 'number' ? listed : app.details.get(id)?.fork_step ?? 0;
  };
  const own = app.view.family && details.parent ? details.fork_step ?? 0 : 0;
  const offsets = new Map([[details.run, own]]);
  for (const id of app.childrenOf(details.run)) offsets.set(id, own + forkStep(id));
  if (details.parent) for (const id of app.childrenOf(details.parent)) if (id !== details.run) offsets.set(id, forkStep(id));
  return offsets;
}

function markersOf(details: RunDetails, offset: number): Marker[] {
  const names: Record<string, string> = {T_fit: 'fitted', T_grok: 'grokked', T_ungrok: 'lost'};
  const markers = Object.entries(details.events).flatMap(([name, step]): Marker[] =>
    (step === null || (step === 0 && details.parent !== null) ? [] : [{step: step + offset, label: `${names[name] ?? name} ${formatCount(step)}`}]));
  return offset === 0 || details.fork_step === null ? markers : [...markers, {step: offset, label: `forked ${formatCount(details.fork_step)}`}];
}

/** What each run of the family is to this one. */
function relationNotes(app: App, details: RunDetails): Map<string, string> {
  const notes = new Map<string, string>();
  for (const id of app.familyOf(details.run)) notes.set(id, details.parent && id !== details.parent ? 'fork of the same parent' : 'fork');
  for (const id of app.childrenOf(details.run)) notes.set(id, 'fork of this run');
  if (details.parent) notes.set(details.parent, 'its parent');
  notes.set(details.run, 'this run');
  return notes;
}

function Tiles({app, details}: {app: App; details: RunDetails}) {
  const cell = (name: string): Cell => valueOf(app.runs, details.run, name) ?? null;
  const fraction = (name: string) => (typeof cell(name) === 'number' ? formatFraction(cell(name) as number) : kNothing);
  const count = (value: Cell | undefined) => (typeof value === 'number' ? formatCount(value) : kNothing);
  const tiles: [string, string][] = [
    ['Step', `${count(cell('step') ?? details.step)}`], ['Train accuracy', fraction('train_accuracy')], ['Test accuracy', fraction('test_accuracy')],
    ['Fitted at step', count(details.events['T_fit'])], ['Grokked at step', count(details.events['T_grok'])]];
  if (details.events['T_ungrok'] != null) tiles.push(['Lost at step', count(details.events['T_ungrok'])]);
  return <dl class="tiles">{tiles.map(([title, text]) => <div class="tile" key={title}><dt>{title}</dt><dd>{text}</dd></div>)}</dl>;
}

function Actions({app, details, status}: {app: App; details: RunDetails; status: string}) {
  if (kReadOnly) return null;
  const path = `/api/runs/${encodeURIComponent(details.run)}`;
  const last = details.states.at(-1);
  const by = details.trained_by;
  const stop = async () => {
    await app.act(`${path}/stop`, {}, () => `Stopping run ${details.run}; its state is kept.`);
    void app.loadDetails(details.run);
  };
  const resume = async () => {
    const answer = await app.act<{run: string}>(`${path}/resume`, {}, ({run}) => `Run ${run} goes on.`);
    if (answer && answer.run !== details.run) app.set({run: answer.run});
    else void app.loadDetails(details.run);
  };
  const again = async () => {
    await app.loadKeys();
    if (app.keys) app.open({kind: 'start', draft: draftFrom(app.keys, details.config)});
  };
  return (
    <div class="actions" role="group" aria-label="What can be done with this run">
      {by?.stoppable && status === 'running' && <button type="button" onClick={() => void stop()}>Stop</button>}
      {!by && ['interrupted', 'running', 'failed'].includes(status) && <button type="button" onClick={() => void resume()}>Resume</button>}
      {last !== undefined && <button type="button" onClick={() => app.open({kind: 'fork', run: details.run, step: last})}>Fork{'\u2026'}</button>}
      <button type="button" onClick={() => void again()}>Start another like it{'\u2026'}</button>
      {by && !by.stoppable && status === 'running' && <span>Trained by {by.command}, process {by.process}, among others: it is stopped there.</span>}
    </div>
  );
}

function Family({app, details, relations}: {app: App; details: RunDetails; relations: Map<string, string>}) {
  const others = [...relations].filter(([id]) => id !== details.run && app.runs.places.has(id));
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="family-title">
      <h2 id="family-title">Family</h2>
      <ul class="family">
        {others.map(([id, note]) => (
          <li key={id}>
            <a href={`#/run/${encodeURIComponent(id)}`} onClick={(event) => { event.preventDefault(); app.set({run: id, state: null}); }}>{id}</a>{' '}
            <span class={`status ${valueOf(app.runs, id, 'status')}`}>{String(valueOf(app.runs, id, 'status'))}</span> {note}
            {columnIndex(app.runs, 'test_accuracy') >= 0 && <>, test accuracy {cellText(valueOf(app.runs, id, 'test_accuracy') ?? null, 'fraction')}</>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts({app, details}: {app: App; details: RunDetails}) {
  const [copied, setCopied] = useState(false);
  const cell = (name: string) => valueOf(app.runs, details.run, name) ?? null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(details.command);
      setCopied(true);
    } catch {
      app.say('This browser does not let the page copy; mark the command and copy it.');
    }
  };
  const facts: [string, string][] = [
    ['Run', details.run], ['Tags', details.tags.join(', ')], ['Note', details.note ?? ''], ['Task', cellText(cell('task'), 'text')], ['Training rows', cellText(cell('train_rows'), 'count')],
    ['Parent', details.parent ? `${details.parent} at step ${formatCount(details.fork_step ?? 0)}` : ''],
    ['Ended because', details.reason ?? ''], ['Training time', details.seconds ? formatDuration(details.seconds) : ''],
    ['Started', cellText(cell('created'), 'time')], ['Stored states', details.states.length ? formatCount(details.states.length) : 'none']];
  return (
    <section aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <dl class="facts">
        {facts.filter(([, text]) => text && text !== kNothing).map(([title, text]) => <div key={title}><dt>{title}</dt><dd>{text}</dd></div>)}
      </dl>
      <h3>Command</h3>
      <div class="command">
        <code tabIndex={0} role="group" aria-label="Command that makes this run">{details.command}</code>
        <button type="button" onClick={() => void copy()}>{copied ? 'Copied' : 'Copy'}</button>
      </div>
    </section>
  );
}

function Configuration({details}: {details: RunDetails}) {
  const [all, setAll] = useState(false);
  const changed = new Set(details.changed);
  const keys = Object.keys(details.config);
  const rows = [...keys.filter((key) => changed.has(key)), ...(all ? keys.filter((key) => !changed.has(key)) : [])];
  return (
    <section aria-labelledby="config-title">
      <h2 id="config-title">Configuration</h2>
      {rows.length === 0 && <p class="note">Every key has its default.</p>}
      {rows.length > 0 && (
        <div class="scroll" tabIndex={0} role="group" aria-labelledby="config-title">
          <table class="config">
            <thead><tr><th scope="col">key</th><th scope="col">value</th></tr></thead>
            <tbody>{rows.map((key) => <tr key={key}><th scope="row">{key}</th><td class={changed.has(key) ? '' : 'default'}>{String(details.config[key] ?? '') || kNothing}</td></tr>)}</tbody>
          </table>
        </div>
      )}
      <p><button type="button" aria-expanded={all} onClick={() => setAll(!all)}>{all ? 'Changed keys only' : `All ${keys.length} keys`}</button></p>
    </section>
  );
}

function ReportFigures({run}: {run: string}) {
  const [figures, setFigures] = useState<Figure[] | null>(null);
  const [failure, setFailure] = useState('');
  const load = async () => {
    try {
      setFigures((await get<{figures: Figure[]}>(`/api/runs/${encodeURIComponent(run)}/figures`)).figures);
      setFailure('');
    } catch (error) {
      setFailure(messageOf(error));
    }
  };
  return (
    <section aria-labelledby="figures-title">
      <h2 id="figures-title">Figures of the report</h2>
      <p><button type="button" onClick={() => void load()}>{figures ? 'Draw them again' : 'Draw them'}</button></p>
      {failure && <p class="complaint" role="alert">{failure}</p>}
      {figures && (figures.length ? <Figures figures={figures} /> : <p class="note">There is nothing to draw yet.</p>)}
    </section>
  );
}
