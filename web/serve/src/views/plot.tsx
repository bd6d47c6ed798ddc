// One chart of curves, drawn by uPlot: new records move the lines and make no new chart.
import {useEffect, useLayoutEffect, useRef} from 'preact/hooks';
import uPlot from 'uplot';

import {paint} from '../colours';
import {formatCount, formatFraction, formatNumber, formatStep} from '../format';
import {describe, logSteps, nearestDefined, type Panel, type Series} from '../plot_data';
import {cssColour, useMedia} from './use';

export interface Marker {
  step: number;
  label: string;
}

export interface PlotProps {
  panel: Panel;
  series: Series[];
  logSteps: boolean;
  markers?: Marker[];
  height?: number;
  /** A click at a step of the curve. */
  onPick?: ((step: number, run: string) => void) | undefined;
}

const writer = (panel: Panel) => (panel.axis === 'fraction' ? formatFraction : formatNumber);
const kFont = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';

function joined(series: readonly Series[]): uPlot.AlignedData {
  if (series.length === 0) return [[0, 1], [null, null]] as unknown as uPlot.AlignedData;
  return uPlot.join(series.map((one) => [one.x, one.y] as unknown as uPlot.AlignedData));
}

export function Plot(props: PlotProps) {
  const {panel, series, height = 240} = props;
  const box = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const dark = useMedia('(prefers-color-scheme: dark)');
  const shape = JSON.stringify([panel, series.map((one) => [one.run, one.column, one.label, one.colour, one.dash]), props.logSteps, height,
    props.markers, dark, props.onPick !== undefined]);

  useLayoutEffect(() => {
    const element = box.current!;
    const made = new uPlot(options(latest, element.clientWidth, tip.current!), joined(latest.current.series), element);
    chart.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({width: element.clientWidth, height});
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [shape]);

  const drawn = useRef('');
  useEffect(() => {
    const state = series.map((one) => `${one.x.length}:${one.x.at(-1)}:${one.y.at(-1)}`).join();
    if (state !== drawn.current) chart.current?.setData(joined(series));
    drawn.current = state;
  });

  const text = describe(panel, series, writer(panel));
  return (
    <div class={props.onPick ? 'curves pickable' : 'curves'} role="img" aria-label={text}>
      <div ref={box} style={{height: `${height}px`}} />
      <div class="tip" ref={tip} hidden aria-hidden="true" />
    </div>
  );
}

function options(latest: {current: PlotProps}, width: number, tip: HTMLDivElement): uPlot.Options {
  const {panel, series, logSteps: isLog, height = 240, markers = []} = latest.current;
  const ink = cssColour('--ink'), soft = cssColour('--soft'), line = cssColour('--line'), paper = cssColour('--paper');
  const positive = panel.axis === 'log' && series.some((one) => one.y.some((v) => v !== null && v > 0));
  const axis = {stroke: soft, font: kFont, ticks: {stroke: line, width: 1, size: 4}};
  return {
    width: Math.max(120, width),
    height,
    legend: {show: false},
    cursor: {drag: {x: true, y: false, setScale: true}, points: {size: 6}, focus: {prox: 24}},
    focus: {alpha: 0.35},
    scales: {
      x: isLog ? {time: false, distr: 4, asinh: 1, range: (_u, low, high) => [Math.min(0, low), Math.max(1, high)]} : {time: false},
      y: panel.axis === 'fraction' ? {range: [0, 1.02]} : positive ? {distr: 3} : {},
    },
    axes: [
      {...axis, grid: {show: false}, label: 'step', labelSize: 18, labelFont: kFont, size: 30,
        ...(isLog ? {splits: (_u: uPlot, _axis: number, _low: number, high: number) => logSteps(high), filter: (_u: uPlot, splits: number[]) => splits} : {}),
        values: (u, splits) => sparse(u, splits).map((value) => (value === null ? '' : formatStep(value)))},
      {...axis, grid: {stroke: line, width: 1}, size: 52,
        values: (_u, splits) => splits.map((value) => (value === null ? '' : panel.axis === 'fraction' ? `${Math.round(value * 100)}%` : formatNumber(value)))},
    ],
    // A curve that has only begun would be nothing without points.
    series: [{}, ...(series.length ? series : [null]).map((one, i): uPlot.Series => (one ? {
      label: one.label, stroke: paint(one.colour, ink), width: 1.8, dash: one.dash, points: {show: () => (latest.current.series[i]?.x.length ?? 0) < 3, size: 5},
    } : {}))],
    hooks: {
      draw: [(u) => drawMarkers(u, markers, soft, paper)],
      setCursor: [(u) => showTip(u, latest.current, tip)],
      ready: [(u) => {
        u.over.addEventListener('click', () => pick(u, latest.current));
        u.over.addEventListener('mouseleave', () => { tip.hidden = true; });
      }],
    },
  };
}

/** Labels of ticks that would touch the one before are left out. */
function sparse(u: uPlot, splits: number[]): (number | null)[] {
  let end = -Infinity;
  return splits.map((value) => {
    const x = u.valToPos(value, 'x'), half = 3.5 * formatStep(value).length;
    if (x - half < end + 6) return null;
    end = x + half;
    return value;
  });
}

function drawMarkers(u: uPlot, markers: readonly Marker[], soft: string, paper: string): void {
  const {ctx} = u, ratio = devicePixelRatio;
  const {left, top, width, height} = u.bbox;
  ctx.save();
  ctx.font = `${11.5 * ratio}px system-ui, sans-serif`;
  markers.forEach(({step, label}, i) => {
    const x = u.valToPos(step, 'x', true);
    if (x < left || x > left + width) return;
    ctx.strokeStyle = soft;
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    const text = ctx.measureText(label).width, isRight = x + text + 8 * ratio < left + width;
    const y = top + height * (0.42 + 0.1 * (i % 4));
    ctx.setLineDash([]);
    ctx.textAlign = isRight ? 'left' : 'right';
    ctx.lineWidth = 4 * ratio;
    ctx.strokeStyle = paper;
    ctx.strokeText(label, x + (isRight ? 5 : -5) * ratio, y);
    ctx.fillStyle = soft;
    ctx.fillText(label, x + (isRight ? 5 : -5) * ratio, y);
  });
  ctx.restore();
}

interface Near {
  series: Series;
  step: number;
  value: number;
}

/** The curve next to the pointer. */
function nearest(u: uPlot, series: readonly Series[]): Near | null {
  const {idx, top} = u.cursor;
  if (idx === null || idx === undefined || top === undefined || top < 0) return null;
  let best: Near | null = null, distance = Infinity;
  series.forEach((one, i) => {
    const values = u.data[i + 1];
    const at = values ? nearestDefined(values, idx) : -1;
    if (!values || at < 0) return;
    const value = values[at]!;
    const away = Math.abs(u.valToPos(value, 'y') - top);
    if (away < distance) [best, distance] = [{series: one, step: u.data[0][at]!, value}, away];
  });
  return best;
}

function showTip(u: uPlot, props: PlotProps, tip: HTMLDivElement): void {
  const near = nearest(u, props.series);
  tip.hidden = near === null;
  if (!near) return;
  tip.textContent = `${near.series.label}\nstep ${formatCount(near.step)}: ${writer(props.panel)(near.value)}${props.onPick ? '\nclick: fork here' : ''}`;
  const x = (u.cursor.left ?? 0) + u.over.offsetLeft, isLeft = x > u.width / 2;
  tip.style.left = isLeft ? '' : `${x + 14}px`;
  tip.style.right = isLeft ? `${u.width - x + 14}px` : '';
  tip.style.top = `${Math.max(0, (u.cursor.top ?? 0) - 12)}px`;
}

function pick(u: uPlot, props: PlotProps): void {
  // A drag zooms; only a click without one picks.
  if (u.select.width > 2) return;
  const near = nearest(u, props.series);
  if (near && props.onPick) props.onPick(near.step, near.series.run);
}
