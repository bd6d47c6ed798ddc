// Starting a run: a form of keys, of which only those that differ from the defaults are sent.
import {useState} from 'preact/hooks';

import type {App} from '../app';
import {changesOf, type Draft} from '../form';
import {Dialog} from './dialog';
import {KeyEditor} from './key_editor';

export function StartDialog({app, draft: first}: {app: App; draft: Draft}) {
  const [draft, setDraft] = useState(first);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const keys = app.keys;
  const {config, complaints} = changesOf(keys ?? [], draft);
  const wrong = Object.keys(complaints).length;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy || wrong) return;
    setBusy(true);
    const answer = await app.act<{run: string}>('/api/runs', {config, ...(name.trim() ? {name: name.trim()} : {})}, ({run}) => `Started run ${run}.`);
    setBusy(false);
    if (!answer) return;
    app.open(null);
    app.set({view: 'run', run: answer.run, state: null});
  };
  return (
    <Dialog title="Start a run" onClose={() => app.open(null)}>
      <form onSubmit={(event) => void submit(event)}>
        {!keys ? <p class="note">Reading the keys {'\u2026'}</p> : <KeyEditor keys={keys} draft={draft} base={{}} onChange={setDraft} isFirst />}
        <label class="field block">Name, if it is to have one{' '}
          <input value={name} maxLength={200} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        {app.message.startsWith('Not done') && <p class="complaint" role="alert">{app.message}</p>}
        <div class="actions">
          <button type="submit" class="primary" disabled={busy || wrong > 0 || !keys}>Start</button>
          <button type="button" onClick={() => app.open(null)}>Cancel</button>
          <span class="unit">{Object.keys(config).length === 0 ? 'all defaults' : `${Object.keys(config).length} ${Object.keys(config).length === 1 ? 'key' : 'keys'} changed`}</span>
        </div>
      </form>
    </Dialog>
  );
}
