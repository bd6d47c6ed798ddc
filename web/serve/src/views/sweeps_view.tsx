// Sweeps: a map over two keys and a curve over one, computed here from the list; and the server's figures of the same runs.
import {useMemo, useState} from 'preact/hooks';

import {get, messageOf} from '../api';
import type {App} from '../app';
import {viridis, wantsDarkText, coloursByValue} from '../colours';
import {groupColumns, outcomeColumns, shortKey} from '../columns';
import {filterRows, type Pick} from '../filter';
import {cellText, formatCount, formatFraction, formatOf, kindOf, kNothing} from '../format';
import {heatMap, kGrokkedShare, transition, type HeatCell, type HeatMap} from '../heat';
import type {Cell, Figure} from '../types';
import {transitionSpec} from '../transition_spec';
import {Figures, OneFigure} from './figures';
import {useMedia} from './use';

/** More values than this are no sweep over a key but a measurement. */
const kMostValues = 60;

export function SweepsView({app}: {app: App}) {
  const {view, runs, allowed} = app;
  const offered = useMemo(() => sweepKeys(app), [runs]);
  const keys = offered.map(([name]) => name);
  const x = keys.includes(view.x) ? view.x : keys[0] ?? '';
  const y = view.y === '-' ? '' : keys.includes(view.y) && view.y !== x ? view.y : keys.find((name) => name !== x) ?? '';
  const parent = runs.columns.findIndex((column) => column.name === 'parent');
  const passing = useMemo(() => filterRows(runs, {text: view.text, picks: view.picks.filter((pick) => pick.column !== x && pick.column !== y), allowed}),
    [runs, view.text, view.picks, allowed, x, y]);
  // A fork begins with what its parent had learnt: its times of events are none of the sweep's.
  const rows = useMemo(() => passing.filter((row) => !row[parent]), [passing, parent]);
  const forks = passing.length - rows.length;
  if (!app.loaded) return <p class="note" role="status">Reading the runs {'\u2026'}</p>;
  if (!x) return <><h1>Sweeps</h1><p class="note">No key differs among the runs, so there is no sweep to look at. <code>groklab sweep</code> makes one.</p></>;
  const narrowed = passing.length < runs.rows.length;
  return (
    <>
      <h1>Sweeps</h1>
      <div class="controls" role="group" aria-label="Keys and outcome">
        <Choice title="across" value={x} onChange={(value) => app.set({x: value})} options={keys.map((name) => [name, shortKey(name)])} />
        <Choice title="down" value={y || '-'} onChange={(value) => app.set({y: value})} options={[['-', 'nothing'], ...keys.filter((name) => name !== x).map((name): [string, string] => [name, shortKey(name)])]} />
        <Choice title="shown" value={view.value} onChange={(value) => app.set({value})}
          options={[[kGrokkedShare, 'fraction that grokked'], ...outcomeColumns(runs).map((name): [string, string] => [name, `median of ${name}`])]} />
        {narrowed && <p class="shown" role="status">{formatCount(passing.length)} of {formatCount(runs.rows.length)} runs: the filter of the table is on. <button type="button" onClick={() => app.set({text: '', where: '', picks: []})}>Take all</button></p>}
      </div>
      {forks > 0 && <p class="note">{formatCount(forks)} {forks === 1 ? 'fork is' : 'forks are'} left out: they begin with what their parents had learnt.</p>}
      <OutcomeMap app={app} x={x} y={y} rows={rows} />
      <Transition app={app} x={x} y={y} rows={rows} />
      <Overview app={app} x={x} y={y} />
    </>
  );
}

/** Keys and how many values they have, those of a sweep's kind. */
function sweepKeys(app: App): [string, number][] {
  const {runs} = app;
  const parent = runs.columns.findIndex((column) => column.name === 'parent');
  return groupColumns(runs).filter((name) => !['name', 'parent', 'status', 'train_rows'].includes(name) && !name.startsWith('fork.')).flatMap((name): [string, number][] => {
    const index = runs.columns.findIndex((column) => column.name === name);
    const values = new Set<Cell>();
    for (const row of runs.rows) {
      if (row[parent]) continue;
      values.add(row[index] as Cell);
      if (values.size > kMostValues) return [];
    }
    return values.size > 1 ? [[name, values.size]] : [];
  }).sort((a, b) => Number(isOften(b[0])) - Number(isOften(a[0])) || b[1] - a[1]);
}

/** Keys of the question, before seeds and what only goes with them. */
const isOften = (name: string) => name.includes('.') && !name.endsWith('seed') && !name.startsWith('train.');

function Choice({title, value, options, onChange}: {title: string; value: string; options: [string, string][]; onChange(value: string): void}) {
  return (
    <label class="field">{title}{' '}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([name, text]) => <option key={name} value={name}>{text}</option>)}
      </select>
    </label>
  );
}

type Rows = ReturnType<typeof filterRows>;

function writerOf(app: App, outcome: string): (value: number) => string {
  if (outcome === kGrokkedShare) return formatFraction;
  const column = app.runs.columns.find((one) => one.name === outcome);
  return (value) => (column ? formatOf(kindOf(column), value) : String(value));
}

const title = (outcome: string) => (outcome === kGrokkedShare ? 'Fraction of runs that grokked' : `Median of ${outcome}`);
const textOf = (cell: Cell) => (cell === null ? 'none' : typeof cell === 'number' ? cellText(cell, 'number') : String(cell));

function OutcomeMap({app, x, y, rows}: {app: App; x: string; y: string; rows: Rows}) {
  const outcome = app.view.value;
  const map = useMemo(() => heatMap(app.runs, rows, x, y, outcome), [app.runs, rows, x, y, outcome]);
  const write = writerOf(app, outcome);
  const onCell = (cell: HeatCell) => {
    const picks: Pick[] = [{column: x, value: String(cell.x)}, ...(y ? [{column: y, value: String(cell.y)}] : [])];
    app.set({view: 'runs', picks: [...app.view.picks.filter((pick) => pick.column !== x && pick.column !== y), ...picks]});
  };
  return (
    <section aria-labelledby="map-title">
      <h2 id="map-title">{title(outcome)}</h2>
      <div class="scroll heat-scroll" tabIndex={0} role="group" aria-labelledby="map-title">
        <HeatTable map={map} x={x} y={y} outcome={outcome} write={write} onCell={onCell} />
      </div>
      <Scale map={map} outcome={outcome} write={write} />
      <p class="hint">A cell leads to its runs. Small: how many they are{outcome === kGrokkedShare ? '' : '; medians are over the runs that have the outcome'}.</p>
    </section>
  );
}

function HeatTable({map, x, y, outcome, write, onCell}: {map: HeatMap; x: string; y: string; outcome: string; write(value: number): string; onCell(cell: HeatCell): void}) {
  const [low, high] = outcome === kGrokkedShare ? [0, 1] : [map.low, map.high];
  return (
    <table class="heat">
      <thead>
        <tr><td /><th colSpan={map.xs.length} scope="colgroup">{shortKey(x)}</th></tr>
        <tr><th scope="col">{y ? shortKey(y) : ''}</th>{map.xs.map((value) => <th key={String(value)} scope="col">{textOf(value)}</th>)}</tr>
      </thead>
      <tbody>
        {map.cells.map((cells, j) => (
          <tr key={String(map.ys[j])}>
            <th scope="row">{y ? textOf(map.ys[j]!) : 'all'}</th>
            {cells.map((cell, i) => <td key={String(map.xs[i])}>{cell && <HeatButton cell={cell} low={low} high={high} names={[x, y]} write={write} onCell={onCell} />}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HeatButton({cell, low, high, names: [x, y], write, onCell}: {
  cell: HeatCell; low: number; high: number; names: [string, string]; write(value: number): string; onCell(cell: HeatCell): void;
}) {
  const rgb = cell.value === null ? null : viridis(high > low ? (cell.value - low) / (high - low) : 0.5);
  const style = rgb ? {backgroundColor: `rgb(${rgb.join(' ')})`, color: wantsDarkText(rgb) ? '#000' : '#fff'} : {backgroundColor: '', color: ''};
  const text = cell.value === null ? kNothing : write(cell.value);
  const where = `${shortKey(x)} ${textOf(cell.x)}${y ? `, ${shortKey(y)} ${textOf(cell.y)}` : ''}`;
  return (
    <button type="button" style={style} title={`${where}: ${cell.grokked} of ${cell.count} grokked`} onClick={() => onCell(cell)}>
      <span class="unseen">{where}: </span>{text} <small>{cell.count}</small><span class="unseen"> {cell.count === 1 ? 'run' : 'runs'}, {cell.grokked} grokked</span>
    </button>
  );
}

function Scale({map, outcome, write}: {map: HeatMap; outcome: string; write(value: number): string}) {
  const [low, high] = outcome === kGrokkedShare ? [0, 1] : [map.low, map.high];
  if (!(high > low)) return null;
  const steps = Array.from({length: 24}, (_, i) => `rgb(${viridis(i / 23).join(' ')})`);
  return <p class="scale"><span>{write(low)}</span><span class="ramp" aria-hidden="true" style={{backgroundImage: `linear-gradient(to right, ${steps.join(', ')})`}} /><span>{write(high)}</span></p>;
}

function Transition({app, x, y, rows}: {app: App; x: string; y: string; rows: Rows}) {
  const outcome = app.view.value;
  const dark = useMedia('(prefers-color-scheme: dark)');
  const figure = useMemo((): Figure | null => {
    const points = transition(app.runs, rows, x, y, outcome);
    if (points.length < 2) return null;
    const colours = coloursByValue(points.map((point) => (Number.isFinite(Number(point.series)) && point.series !== '' ? Number(point.series) : point.series)), dark);
    const name = `${title(outcome)} over ${shortKey(x)}`;
    const caption = outcome === kGrokkedShare
      ? 'Bars: Wilson\u2019s 95 % interval of the fraction.' : 'Bars hold the middle half of the runs that have the outcome.';
    return {id: 'transition', title: name, caption, description: `${name}${y ? ` by ${shortKey(y)}` : ''}, ${points.length} points. The map above holds the same numbers as a table.`,
      spec: transitionSpec(points, shortKey(x), y ? shortKey(y) : '', title(outcome), outcome === kGrokkedShare, colours)};
  }, [app.runs, rows, x, y, outcome, dark]);
  return figure && <div class="charts transition"><OneFigure figure={figure} /></div>;
}

function Overview({app, x, y}: {app: App; x: string; y: string}) {
  const [figures, setFigures] = useState<Figure[] | null>(null);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const isKey = (name: string) => name.includes('.') || name === 'seed';
  const load = async () => {
    setBusy(true);
    try {
      const parameters = {where: app.view.where, x: isKey(x) ? x : '', color: isKey(y) ? y : '', heat_x: isKey(x) && isKey(y) ? x : '', heat_y: isKey(x) && isKey(y) ? y : ''};
      setFigures((await get<{figures: Figure[]}>('/api/overview', parameters)).figures);
      setFailure('');
    } catch (error) {
      setFailure(messageOf(error));
    }
    setBusy(false);
  };
  return (
    <section aria-labelledby="overview-title">
      <h2 id="overview-title">The report's figures over these runs</h2>
      <p class="note">Curves with bands, Kaplan and Meier's medians of events, endings; of the runs that {'\u201cWhere\u201d'} lets through.</p>
      <p><button type="button" disabled={busy} onClick={() => void load()}>{busy ? 'Computing \u2026' : 'Draw them'}</button></p>
      {failure && <p class="complaint" role="alert">{failure}</p>}
      {figures && <Figures figures={figures} />}
    </section>
  );
}
