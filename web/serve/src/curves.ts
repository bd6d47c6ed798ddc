// The curves that the page has: asked for by run and column, continued by the stream.
import {get, messageOf} from './api';
import {appendCurve} from './thin';
import type {Curve} from './types';

export const kPoints = 400;
/** Runs that one request asks for. */
const kAtOnce = 16;

export class CurveCache {
  private curves = new Map<string, Curve>();
  private asked = new Set<string>();
  /** Drawn on, and asked for once more: the last records may have passed the stream by. */
  private stale = new Set<string>();
  failure = '';

  constructor(private readonly changed: () => void) {}

  get(run: string): Curve | undefined {
    return this.curves.get(run);
  }

  lastStep(run: string): number {
    return this.curves.get(run)?.step.at(-1) ?? -1;
  }

  private has(run: string, columns: readonly string[]): boolean {
    const curve = this.curves.get(run);
    return curve !== undefined && !this.stale.has(run) && columns.every((name) => name in curve.columns);
  }

  /** Sees to it that the curves of `runs` with `columns` come; asks only for what is not there. */
  want(runs: readonly string[], columns: readonly string[]): void {
    if (columns.length === 0) return;
    const missing = runs.filter((run) => !this.has(run, columns) && !this.asked.has(`${run} ${columns.join()}`));
    for (let i = 0; i < missing.length; i += kAtOnce) void this.ask(missing.slice(i, i + kAtOnce), [...columns]);
  }

  private async ask(runs: string[], columns: string[]): Promise<void> {
    const marks = runs.map((run) => `${run} ${columns.join()}`);
    for (const mark of marks) this.asked.add(mark);
    try {
      const answer = await get<{runs: Curve[]}>('/api/records', {runs: runs.join(','), columns: columns.join(','), points: String(kPoints)});
      for (const curve of answer.runs) {
        this.curves.set(curve.run, curve);
        this.stale.delete(curve.run);
      }
      this.failure = '';
    } catch (error) {
      this.failure = messageOf(error);
    }
    for (const mark of marks) this.asked.delete(mark);
    this.changed();
  }

  append(more: Curve): void {
    const curve = this.curves.get(more.run);
    if (!curve) return;
    this.curves.set(more.run, appendCurve(curve, more));
    this.changed();
  }

  expire(run: string): void {
    if (this.curves.has(run)) this.stale.add(run);
  }
}
