// The frame of the page: heads, ways to the views, the state of the connection, messages, dialogs.
import type {ComponentChildren} from 'preact';
import {useEffect} from 'preact/hooks';

import {kReadOnly} from '../api';
import type {App} from '../app';
import {formatCount} from '../format';
import type {ViewName} from '../view_state';
import {toFragment} from '../view_state';
import {ForkDialog} from './fork_dialog';
import {RunView} from './run_view';
import {RunsView} from './runs_view';
import {StartDialog} from './start_dialog';
import {StudiesView} from './studies_view';
import {SweepsView} from './sweeps_view';
import {useApp} from './use';

const kViews: [ViewName, string][] = [['runs', 'Runs'], ['sweeps', 'Sweeps'], ['studies', 'Reproductions']];
const kConnections = {connecting: 'connecting', live: 'live', lost: 'connection lost, trying again'};

export function Page({app}: {app: App}) {
  useApp(app);
  const view = app.view.view;
  useEffect(() => {
    document.title = `${view === 'run' ? `run ${app.view.run}` : kViews.find(([name]) => name === view)![1]} \u00b7 groklab`;
  }, [view, app.view.run]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>Skip to the content</a>
      <header class="top">
        <p class="brand">groklab</p>
        <nav aria-label="Views">
          {kViews.map(([name, title]) => <ViewLink key={name} app={app} name={name}>{title}</ViewLink>)}
        </nav>
        <p class={`connection ${app.connection}`} role="status"><span aria-hidden="true" class="dot" />{kConnections[app.connection]}</p>
        {kReadOnly
          ? <p class="mode">read-only</p>
          : <button type="button" class="primary" onClick={() => app.open({kind: 'start', draft: {}})}>Start a run</button>}
      </header>
      <main id="main" tabIndex={-1}>
        {app.failure && <p class="warning" role="alert">The list of runs could not be read: {app.failure}. Trying again.</p>}
        <Damaged app={app} />
        {view === 'runs' && <RunsView app={app} />}
        {view === 'run' && <RunView app={app} key={app.view.run} />}
        {view === 'sweeps' && <SweepsView app={app} />}
        {view === 'studies' && <StudiesView app={app} />}
      </main>
      <div class="message" role="status" aria-live="polite">
        {app.message && <p>{app.message} <button type="button" class="quiet" aria-label="Dismiss this message" onClick={() => app.say('')}>{'\u00d7'}</button></p>}
      </div>
      {app.dialog?.kind === 'start' && <StartDialog app={app} draft={app.dialog.draft} />}
      {app.dialog?.kind === 'fork' && <ForkDialog app={app} run={app.dialog.run} step={app.dialog.step} />}
    </>
  );
}

function ViewLink({app, name, children}: {app: App; name: ViewName; children: ComponentChildren}) {
  const isHere = app.view.view === name || (name === 'runs' && app.view.view === 'run');
  return (
    <a href={toFragment({...app.view, view: name, run: ''})} aria-current={isHere ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        app.set({view: name, run: ''});
      }}>
      {children}
      {name === 'runs' && app.loaded && <span class="count"> {formatCount(app.runs.rows.length)}</span>}
    </a>
  );
}

function Damaged({app}: {app: App}) {
  const lines = app.runs.damaged;
  if (lines.length === 0) return null;
  return (
    <details class="warning">
      <summary>{lines.length === 1 ? 'A row of the store is damaged.' : `${formatCount(lines.length)} rows of the store are damaged.`}</summary>
      <ul>{lines.map((line) => <li key={line}>{line}</li>)}</ul>
    </details>
  );
}
