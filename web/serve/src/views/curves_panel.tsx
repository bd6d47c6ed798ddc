// Overlaid curves of some runs: which columns, what the colours mean, the step axis, a legend.
import {useMemo} from 'preact/hooks';

import type {App} from '../app';
import {kSplitColours, coloursByValue, paint, runColours} from '../colours';
import {groupColumns, shortKey} from '../columns';
import {kNothing} from '../format';
import {valueOf} from '../list';
import {dashOf, panelsOf, seriesOf, wordsOf, type NamedCurve, type Panel} from '../plot_data';
import {Menu} from './menu';
import {Plot, type Marker} from './plot';
import {cssColour, isDark, useMedia} from './use';

export const kCurveColumns = ['test_accuracy', 'train_accuracy', 'test_loss', 'train_loss', 'objective', 'norm', 'gradient_norm', 'update_norm',
  'learning_rate', 'removed_accuracy', 'never_seen_accuracy'];
/** Pixels hardly show more. */
const kDrawnPoints = 400;

/** Colours of runs: by the values of a key, or each its own. */
export function runColourMap(app: App, runs: readonly string[]): Map<string, string> {
  const {color} = app.view;
  if (color) {
    const byValue = coloursByValue(runs.map((id) => valueOf(app.runs, id, color) ?? null), isDark());
    return new Map(runs.map((id) => [id, byValue.get(String(valueOf(app.runs, id, color) ?? null))!]));
  }
  const colours = runColours(runs.length, isDark());
  return new Map(runs.map((id, i) => [id, colours[i]!]));
}

export function labelOf(app: App, id: string): string {
  const name = valueOf(app.runs, id, 'name');
  return name ? `${name} (${id.slice(0, 6)})` : id;
}

/** Colours of a single run's columns: the splits' own where they have one. */
function columnColours(panel: Panel): string[] {
  const colours = runColours(7);
  return panel.columns.map((name, i) => kSplitColours[name.split('_')[0]!] ?? colours[(i + 2) % colours.length]!);
}

export interface CurvesProps {
  app: App;
  runs: readonly string[];
  markers?: Marker[];
  onPick?: (step: number, run: string) => void;
  /** What a legend says of a run, beside its name. */
  noteOf?: (run: string) => string;
  height?: number;
  /** Where a run's step 0 lies on the axis of steps. */
  offsetOf?: (run: string) => number;
}

export function Curves({app, runs, markers, onPick, noteOf, height, offsetOf}: CurvesProps) {
  useMedia('(prefers-color-scheme: dark)');  // ordered colours follow it
  const colours = runColourMap(app, runs);
  const curves = runs.flatMap((id): NamedCurve[] => {
    const curve = app.curves.get(id);
    return curve ? [{curve, label: labelOf(app, id), colour: colours.get(id)!, offset: offsetOf?.(id) ?? 0}] : [];
  });
  const panels = panelsOf(app.view.curves);
  const waiting = runs.length - curves.length;
  return (
    <>
      <div class="panels">
        {panels.map((panel) => (
          <figure class="chart" key={panel.columns.join()}>
            <h3>{panel.title}</h3>
            <PanelPlot app={app} panel={panel} curves={curves} {...(markers ? {markers} : {})} height={height ?? 240} onPick={panel.axis === 'fraction' && onPick ? (step, run) => onPick(Math.max(0, step - (offsetOf?.(run) ?? 0)), run) : undefined} />
            {panel.columns.length > 1 && <ColumnLegend panel={panel} single={curves.length === 1} />}
          </figure>
        ))}
      </div>
      {waiting > 0 && <p class="note" role="status">{app.curves.failure ? `Curves could not be read: ${app.curves.failure}.` : `Reading ${waiting} ${waiting === 1 ? 'curve' : 'curves'} \u2026`}</p>}
      {runs.length > 1 && <RunLegend app={app} runs={runs} colours={colours} {...(noteOf ? {noteOf} : {})} />}
    </>
  );
}

function PanelPlot({app, panel, curves, markers, height, onPick}: {
  app: App; panel: Panel; curves: NamedCurve[]; markers?: Marker[]; height: number; onPick: ((step: number, run: string) => void) | undefined;
}) {
  const key = curves.map(({curve, label, colour, offset}) => `${curve.run} ${curve.step.length} ${curve.step.at(-1)} ${label} ${colour} ${offset} ${Object.keys(curve.columns).length}`).join();
  const series = useMemo(() => seriesOf(panel, curves, columnColours(panel), kDrawnPoints), [panel.columns.join(), key]);
  return <Plot panel={panel} series={series} logSteps={app.view.logSteps} height={height} {...(markers ? {markers} : {})} onPick={onPick} />;
}

const kDashNames = ['solid', 'dashed', 'dotted', 'dash-dot', 'long'];

function ColumnLegend({panel, single}: {panel: Panel; single: boolean}) {
  const colours = columnColours(panel);
  return (
    <ul class="legend">
      {panel.columns.map((name, i) => (
        <li key={name}>
          <span aria-hidden="true" class={`line ${kDashNames[dashOf(i, panel, single)]}`} style={{borderColor: single ? paint(colours[i]!, cssColour('--ink')) : ''}} />
          {wordsOf(name)}
        </li>
      ))}
    </ul>
  );
}

function RunLegend({app, runs, colours, noteOf}: {app: App; runs: readonly string[]; colours: Map<string, string>; noteOf?: (run: string) => string}) {
  const {color} = app.view;
  const ink = cssColour('--ink');
  if (color) {
    const entries = coloursByValue(runs.map((id) => valueOf(app.runs, id, color) ?? null), isDark());
    return (
      <ul class="legend" aria-label={`Colours by ${color}`}>
        <li class="legend-title">{shortKey(color)}</li>
        {[...entries].map(([value, colour]) => <li key={value}><span aria-hidden="true" class="swatch" style={{backgroundColor: paint(colour, ink)}} />{value === 'null' ? kNothing : value}</li>)}
      </ul>
    );
  }
  return (
    <ul class="legend" aria-label="Colours of runs">
      {runs.map((id) => (
        <li key={id}>
          <span aria-hidden="true" class="swatch" style={{backgroundColor: paint(colours.get(id)!, ink)}} />
          <a href={`#/run/${encodeURIComponent(id)}`} onClick={(event) => { event.preventDefault(); app.set({view: 'run', run: id}); }}>{labelOf(app, id)}</a>
          {noteOf && <span class="unit"> {noteOf(id)}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The choices above curves. */
export function CurveControls({app, withColour}: {app: App; withColour: boolean}) {
  const {view} = app;
  const toggle = (name: string) => {
    const next = view.curves.includes(name) ? view.curves.filter((one) => one !== name) : kCurveColumns.filter((one) => one === name || view.curves.includes(one));
    app.set({curves: next});
  };
  return (
    <div class="controls">
      <Menu title="Curves">
        {kCurveColumns.map((name) => (
          <label key={name}><input type="checkbox" checked={view.curves.includes(name)} onChange={() => toggle(name)} /> {wordsOf(name)}</label>
        ))}
      </Menu>
      {withColour && (
        <label class="field">colour by{' '}
          <select value={view.color} onChange={(event) => app.set({color: event.currentTarget.value})}>
            <option value="">run</option>
            {groupColumns(app.runs).map((name) => <option key={name} value={name}>{shortKey(name)}</option>)}
          </select>
        </label>
      )}
      <label class="field"><input type="checkbox" checked={view.logSteps} onChange={() => app.set({logSteps: !view.logSteps})} /> log steps</label>
    </div>
  );
}
