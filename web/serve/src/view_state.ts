// What the page shows, and the same as the fragment of its address: a link is a view.
import type {Pick} from './filter';
import type {Order} from './sort';

export type ViewName = 'runs' | 'run' | 'sweeps' | 'studies';

export interface View {
  view: ViewName;
  /** Of the view of one run. */
  run: string;
  text: string;
  where: string;
  picks: Pick[];
  order: Order | null;
  /** Chosen columns; empty: those that the page chooses. */
  columns: string[];
  group: string;
  open: string[];
  outcome: string;
  base: string;
  selected: string[];
  curves: string[];
  logSteps: boolean;
  color: string;
  family: boolean;
  x: string;
  y: string;
  value: string;
  series: string;
  state: number | null;
}

export const kFirstView: View = {
  view: 'runs', run: '', text: '', where: '', picks: [], order: null, columns: [], group: '', open: [],
  outcome: 'T_grok', base: '', selected: [], curves: ['test_accuracy', 'train_accuracy'], logSteps: true, color: '', family: true, x: '',
  y: '', value: 'grokked', series: '', state: null,
};

const kViews: ViewName[] = ['runs', 'run', 'sweeps', 'studies'];
// Parts of a list are joined by commas, so a comma inside one is written as %2C once more.
const join = (list: string[]) => list.map((item) => item.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
const split = (text: string) => text.split(',').filter(Boolean).map((item) => item.replaceAll('%2C', ',').replaceAll('%25', '%'));

/** Names in the fragment, with how a field is written; a field that is as at the start is left out. */
const kFields: {name: string; write: (view: View) => string; read: (text: string) => Partial<View>}[] = [
  {name: 'f', write: (v) => v.text, read: (text) => ({text})},
  {name: 'where', write: (v) => v.where, read: (where) => ({where})},
  {name: 'pick', write: (v) => join(v.picks.map((p) => `${p.column}=${p.value}`)), read: (text) => ({picks: split(text).map(readPick)})},
  {name: 'sort', write: (v) => (v.order ? (v.order.descending ? '-' : '') + v.order.column : ''), read: (text) => ({order: readOrder(text)})},
  {name: 'columns', write: (v) => join(v.columns), read: (text) => ({columns: split(text)})},
  {name: 'group', write: (v) => v.group, read: (group) => ({group})},
  {name: 'open', write: (v) => join(v.open), read: (text) => ({open: split(text)})},
  {name: 'outcome', write: (v) => v.outcome, read: (outcome) => ({outcome})},
  {name: 'base', write: (v) => v.base, read: (base) => ({base})},
  {name: 'sel', write: (v) => join(v.selected), read: (text) => ({selected: split(text)})},
  {name: 'curves', write: (v) => join(v.curves), read: (text) => ({curves: split(text)})},
  {name: 'linear', write: (v) => (v.logSteps ? '' : '1'), read: (text) => ({logSteps: text !== '1'})},
  {name: 'color', write: (v) => v.color, read: (color) => ({color})},
  {name: 'alone', write: (v) => (v.family ? '' : '1'), read: (text) => ({family: text !== '1'})},
  {name: 'x', write: (v) => v.x, read: (x) => ({x})},
  {name: 'y', write: (v) => v.y, read: (y) => ({y})},
  {name: 'value', write: (v) => v.value, read: (value) => ({value})},
  {name: 'series', write: (v) => v.series, read: (series) => ({series})},
  {name: 'state', write: (v) => (v.state === null ? '' : String(v.state)), read: (text) => ({state: readStep(text)})},
];

function readPick(text: string): Pick {
  const at = text.indexOf('=');
  return {column: text.slice(0, at), value: text.slice(at + 1)};
}

function readOrder(text: string): Order | null {
  if (!text) return null;
  return text.startsWith('-') ? {column: text.slice(1), descending: true} : {column: text, descending: false};
}

function readStep(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** "#/runs?sort=-test_accuracy&sel=..."; only what differs from the start. */
export function toFragment(view: View): string {
  const parts = kFields
    .map(({name, write}) => ({name, text: write(view), usual: write(kFirstView)}))
    .filter(({text, usual}) => text !== usual)
    .map(({name, text}) => `${name}=${encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%20', '+')}`);
  const path = view.view === 'run' ? `run/${encodeURIComponent(view.run)}` : view.view;
  return `#/${path}${parts.length ? `?${parts.join('&')}` : ''}`;
}

/** The view of a fragment; what it does not know or cannot read is left as at the start. */
export function fromFragment(fragment: string): View {
  const [path = '', query = ''] = fragment.replace(/^#\/?/, '').split(/\?(.*)/s, 2);
  const [name = '', run = ''] = path.split('/');
  const known = kViews.find((view) => view === name) ?? 'runs';
  let view: View = {...kFirstView, view: known === 'run' && !run ? 'runs' : known, run: known === 'run' ? safeDecode(run) : ''};
  const given = new URLSearchParams(query);
  for (const {name: field, read} of kFields) {
    const text = given.get(field);
    if (text !== null) view = {...view, ...read(text)};
  }
  return view;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
