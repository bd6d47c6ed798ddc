// The table of all runs with what narrows and orders it, and the curves of the chosen ones beside it.
import {useMemo, useRef, useState} from 'preact/hooks';

import type {App} from '../app';
import {paint} from '../colours';
import {groupColumns, outcomeColumns, shortKey, shownColumns, titleOf, usualColumns} from '../columns';
import {filterRows} from '../filter';
import {formatCount} from '../format';
import {groupRows} from '../group';
import {readSaved, writeSaved} from '../saved_views';
import {nextOrder, sortRows} from '../sort';
import {kFirstView, toFragment} from '../view_state';
import {CurveControls, Curves, runColourMap} from './curves_panel';
import {Menu} from './menu';
import {RunTable, type Item} from './run_table';
import {cssColour, useTyped} from './use';

export function RunsView({app}: {app: App}) {
  const {view, runs, allowed} = app;
  const rows = useMemo(
    () => sortRows(runs, filterRows(runs, {text: view.text, picks: view.picks, allowed}), view.order),
    [runs, view.text, view.picks, allowed, view.order]);
  const items = useMemo((): Item[] => {
    if (!view.group) return rows.map((row) => ({kind: 'run', row, depth: 0}));
    return groupRows(runs, rows, view.group, view.outcome).flatMap((group): Item[] => {
      const isOpen = view.open.includes(String(group.value));
      return [{kind: 'group', group, isOpen}, ...(isOpen ? group.rows.map((row): Item => ({kind: 'run', row, depth: 1})) : [])];
    });
  }, [runs, rows, view.group, view.outcome, view.open]);
  const columns = useMemo(() => shownColumns(runs, view.columns).map((column) =>
    // The pinned row says what it is.
    (column.name === 'run' && view.base ? {...column, width: 190} : column)), [runs, view.columns, view.base]);
  const selected = useMemo(() => new Set(view.selected), [view.selected]);
  const ink = cssColour('--ink');
  const colours = new Map([...runColourMap(app, view.selected)].map(([id, colour]) => [id, paint(colour, ink)]));
  if (!app.loaded) return <p class="note" role="status">Reading the runs {'\u2026'}</p>;
  return (
    <>
      <h1 class="unseen">Runs</h1>
      <Toolbar app={app} shown={rows.length} />
      <div class={view.selected.length ? 'split' : 'split alone'}>
        <section aria-label="Table of runs">
          {runs.rows.length === 0
            ? <p class="note">No run yet. Start one here, or with <code>groklab train</code>; it appears by itself.</p>
            : rows.length === 0 ? <p class="note">No run passes the filter. <button type="button" onClick={() => app.set({text: '', where: '', picks: []})}>Show all</button></p> : null}
          {rows.length > 0 && (
            <RunTable runs={runs} items={items} columns={columns} order={view.order} base={view.base} outcome={view.outcome} selected={selected} colours={colours}
              onSort={(column) => app.set({order: nextOrder(view.order, column)})} onSelect={(ids) => app.select(ids)}
              onOpen={(id) => app.set({view: 'run', run: id, state: null})} onBase={(base) => app.set({base})}
              onToggle={(value) => app.set({open: view.open.includes(value) ? view.open.filter((one) => one !== value) : [...view.open, value]})} />
          )}
          <p class="hint">Click or space chooses a run for the curves, shift a range, ctrl-A all; Enter opens it; B makes it the baseline.</p>
        </section>
        {view.selected.length > 0 && <Chosen app={app} />}
      </div>
    </>
  );
}

function Chosen({app}: {app: App}) {
  const {selected} = app.view;
  return (
    <section aria-label="Curves of the chosen runs" class="side">
      <div class="side-head">
        <h2>{selected.length === 1 ? 'One run chosen' : `${selected.length} runs chosen`}</h2>
        {selected.length === 1 && <button type="button" onClick={() => app.set({view: 'run', run: selected[0]!, state: null})}>Open</button>}
        {selected.length === 1 && app.view.base !== selected[0] && <button type="button" onClick={() => app.set({base: selected[0]!})}>Make it the baseline</button>}
        <button type="button" onClick={() => app.select([])}>Choose none</button>
      </div>
      <CurveControls app={app} withColour />
      <Curves app={app} runs={selected} />
    </section>
  );
}

function Toolbar({app, shown}: {app: App; shown: number}) {
  const {view, runs} = app;
  const [text, setText] = useTyped(view.text, (value) => app.set({text: value}), 60);
  const [where, setWhere] = useTyped(view.where, (value) => app.set({where: value}), 400);
  return (
    <search class="toolbar">
      <label class="field grow">Filter{' '}
        <input type="search" value={text} placeholder="words, -word, key=value, test_accuracy&lt;50%" onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <label class="field grow">Where{' '}
        <input type="search" value={where} class="code" spellcheck={false} placeholder="status = 'finished' AND task.modulus = 31" aria-invalid={app.whereError !== ''} aria-describedby="where-error"
          onInput={(event) => setWhere(event.currentTarget.value)} />
      </label>
      <label class="field">Group by{' '}
        <select value={view.group} onChange={(event) => app.set({group: event.currentTarget.value, open: []})}>
          <option value="">nothing</option>
          {groupColumns(runs).map((name) => <option key={name} value={name}>{shortKey(name)}</option>)}
        </select>
      </label>
      {view.group && (
        <label class="field">of{' '}
          <select value={view.outcome} onChange={(event) => app.set({outcome: event.currentTarget.value})}>
            {outcomeColumns(runs).map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
      )}
      <ColumnMenu app={app} />
      <ViewMenu app={app} />
      <p class="shown" role="status">{shown === runs.rows.length ? `${formatCount(shown)} ${shown === 1 ? 'run' : 'runs'}` : `${formatCount(shown)} of ${formatCount(runs.rows.length)} runs`}</p>
      {view.picks.map((pick) => (
        <button type="button" class="pick" key={pick.column} onClick={() => app.set({picks: view.picks.filter((one) => one !== pick)})} title="Take this filter away">
          {shortKey(pick.column)} = {pick.value} <span aria-hidden="true">{'\u00d7'}</span><span class="unseen">, take away</span>
        </button>
      ))}
      <p id="where-error" class="complaint" role="alert">{app.whereError}</p>
    </search>
  );
}

function ColumnMenu({app}: {app: App}) {
  const {view, runs} = app;
  const shown = view.columns.length ? view.columns : usualColumns(runs);
  const order = runs.columns.map((column) => column.name);
  const toggle = (name: string) => {
    const next = shown.includes(name) ? shown.filter((one) => one !== name) : order.filter((one) => one === name || shown.includes(one));
    app.set({columns: next.length ? next : ['run']});
  };
  return (
    <Menu title="Columns">
      {runs.columns.map((column) => (
        <label key={column.name} title={column.name}>
          <input type="checkbox" checked={shown.includes(column.name)} onChange={() => toggle(column.name)} /> {titleOf(column)}
        </label>
      ))}
      {view.columns.length > 0 && <button type="button" onClick={() => app.set({columns: []})}>The usual ones</button>}
    </Menu>
  );
}

function ViewMenu({app}: {app: App}) {
  const [saved, setSaved] = useState(readSaved);
  const name = useRef<HTMLInputElement>(null);
  const store = (next: Record<string, string>) => {
    setSaved(next);
    if (!writeSaved(next)) app.say('This browser does not let the page keep views; the address holds this one.');
  };
  const save = (event: Event) => {
    event.preventDefault();
    const title = name.current!.value.trim();
    if (!title) return;
    store({...saved, [title]: toFragment(app.view)});
    name.current!.value = '';
    app.say(`Saved the view \u201c${title}\u201d.`);
  };
  return (
    <Menu title="Saved views">
      {Object.entries(saved).map(([title, fragment]) => (
        <div class="saved" key={title}>
          <a href={fragment}>{title}</a>
          <button type="button" class="quiet" aria-label={`Remove the view ${title}`} onClick={() => store(Object.fromEntries(Object.entries(saved).filter(([one]) => one !== title)))}>{'\u00d7'}</button>
        </div>
      ))}
      <form onSubmit={save} class="save-view">
        <input ref={name} aria-label="Name of the view" placeholder="Name of this view" maxLength={80} />
        <button type="submit">Save</button>
      </form>
      <button type="button" onClick={() => void copy(app)}>Copy a link to this view</button>
      <button type="button" onClick={() => app.set({...kFirstView})}>Start afresh</button>
    </Menu>
  );
}

async function copy(app: App): Promise<void> {
  try {
    // Without what stands before the fragment: a token is nobody else's.
    await navigator.clipboard.writeText(`${location.origin}${location.pathname}${location.hash}`);
    app.say('Copied the link.');
  } catch {
    app.say('This browser does not let the page copy; the address bar holds the link.');
  }
}
