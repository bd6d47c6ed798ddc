// A form of configuration keys: those that are changed on top, all others found by searching.
import {useEffect, useMemo, useRef, useState} from 'preact/hooks';

import {complaintOf, defaultText, searchKeys, type Draft} from '../form';
import type {Cell, ConfigKey} from '../types';

export interface EditorProps {
  keys: readonly ConfigKey[];
  draft: Draft;
  /** What a key is where the form does not change it: its default, or the parent's value. */
  base: Record<string, Cell>;
  onChange(draft: Draft): void;
  /** The search takes the focus. */
  isFirst?: boolean;
}

function without(draft: Draft, key: string): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([name]) => name !== key));
}

function baseText(key: ConfigKey, base: Record<string, Cell>): string {
  return key.key in base ? String(base[key.key]) : defaultText(key);
}

export function KeyEditor({keys, draft, base, onChange, isFirst}: EditorProps) {
  const [search, setSearch] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) field.current?.focus();
  }, []);
  const offered = useMemo(() => keys.filter((key) => !key.key.startsWith('fork.') && !key.key.endsWith('_digest')), [keys]);
  const changed = offered.filter((key) => key.key in draft);
  const found = useMemo(() => searchKeys(offered, search).filter((key) => !(key.key in draft)), [offered, search, draft]);
  const sections = [...new Set(found.map((key) => key.section || 'general'))];
  const set = (key: ConfigKey, text: string) => onChange({...draft, [key.key]: text});
  return (
    <div class="editor">
      <fieldset>
        <legend>Changed keys</legend>
        {changed.length === 0 && <p class="note">None. Search below and choose a key.</p>}
        {changed.map((key) => (
          <KeyRow key={key.key} field={key} text={draft[key.key]!} base={baseText(key, base)} onText={(text) => set(key, text)} onRemove={() => onChange(without(draft, key.key))} />
        ))}
      </fieldset>
      <label class="field block">Search keys{' '}
        <input ref={field} type="search" value={search} placeholder="weight decay, modulus, steps" onInput={(event) => setSearch(event.currentTarget.value)} />
      </label>
      <div class="found" role="group" aria-label="Keys to change">
        {sections.map((section) => (
          <details key={section} open={search !== ''}>
            <summary>{section} <span class="count">{found.filter((key) => (key.section || 'general') === section).length}</span></summary>
            <ul>
              {found.filter((key) => (key.section || 'general') === section).map((key) => (
                <li key={key.key}>
                  <button type="button" onClick={() => set(key, baseText(key, base))} >
                    <span class="unseen">Change </span><code>{key.key}</code><span class="unseen">, now</span> <span class="unit">{baseText(key, base) || 'empty'}</span>
                  </button>
                  <p>{key.help}</p>
                </li>
              ))}
            </ul>
          </details>
        ))}
        {found.length === 0 && <p class="note">No key fits.</p>}
      </div>
    </div>
  );
}

function KeyRow({field, text, base, onText, onRemove}: {field: ConfigKey; text: string; base: string; onText(text: string): void; onRemove(): void}) {
  const complaint = complaintOf(field, text);
  const id = `key-${field.key}`;
  const shared = {id, 'aria-invalid': complaint !== '', 'aria-describedby': `${id}-help`};
  return (
    <div class="key-row">
      <label for={id}><code>{field.key}</code></label>
      {field.type === 'choice'
        ? <select {...shared} value={text} onChange={(event) => onText(event.currentTarget.value)}>{(field.choices ?? []).map((choice) => <option key={choice} value={choice}>{choice}</option>)}</select>
        : field.type === 'boolean'
          ? <select {...shared} value={text} onChange={(event) => onText(event.currentTarget.value)}><option value="true">true</option><option value="false">false</option></select>
          : <input {...shared} value={text} spellcheck={false} inputMode={field.type === 'text' ? 'text' : 'decimal'} onInput={(event) => onText(event.currentTarget.value)} />}
      <button type="button" class="quiet" aria-label={`Leave ${field.key} as it is`} onClick={onRemove}>{'\u00d7'}</button>
      <p id={`${id}-help`} class={complaint ? 'complaint' : 'help'}>
        {complaint ? `Expected ${complaint}.` : <>{helpOf(field.help)} {field.allowed && !field.help.includes('Expected:') ? `${capital(field.allowed)}${field.unit ? ` (${field.unit})` : ''}. ` : ''}Otherwise {base || 'empty'}.</>}
      </p>
    </div>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
/** The first line of a help, and what is expected; what stands between explains each choice. */
function helpOf(help: string): string {
  const [first = '', ...others] = help.split('\n');
  return [first, ...others.filter((line) => line.startsWith('Expected:'))].join(' ');
}
