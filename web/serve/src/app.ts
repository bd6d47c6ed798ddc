// The page's one state: what it shows, what it knows, and what changes either. Views draw it and call its actions.
import {get, messageOf, post} from './api';
import {CurveCache} from './curves';
import type {Draft} from './form';
import {applyEvent, kNoRuns, makeRuns, valueOf, type Runs} from './list';
import {Stream, type Connection} from './stream';
import type {ConfigKey, RunDetails, RunList, Study} from './types';
import {fromFragment, toFragment, type View} from './view_state';

export type Dialog = {kind: 'start'; draft: Draft} | {kind: 'fork'; run: string; step: number} | null;

/** The server watches as many runs for a page. */
const kMostWatched = 16;
const kMostSelected = 64;
const kMessageTime = 8000;
/** How long until a run in training is asked about again where no event comes, and one whose process is ending; ms. */
const kLookRunning = 3000, kLookEnding = 300;

export class App {
  view: View = fromFragment(location.hash);
  runs: Runs = kNoRuns;
  loaded = false;
  failure = '';
  connection: Connection = 'connecting';
  allowed: Set<string> | null = null;
  whereError = '';
  details = new Map<string, RunDetails>();
  detailErrors = new Map<string, string>();
  keys: ConfigKey[] | null = null;
  studies: Study[] | null = null;
  dialog: Dialog = null;
  message = '';
  readonly curves: CurveCache;
  private readonly stream: Stream;
  private readonly listeners = new Set<() => void>();
  private queued = false;
  private whereTimer = 0;
  private messageTimer = 0;

  constructor() {
    this.curves = new CurveCache(() => this.emit());
    this.stream = new Stream({
      onRuns: (event) => this.onRuns(event),
      onRecords: (curve) => this.curves.append(curve),
      onConnection: (connection) => {
        // Records that came while there was no stream are asked for.
        if (this.connection === 'lost' && connection === 'live') {
          for (const id of this.watched().keys()) this.curves.expire(id);
          this.enterViewSoon();
        }
        this.connection = connection;
        this.emit();
      },
    });
    addEventListener('popstate', () => this.follow());
    addEventListener('hashchange', () => this.follow());
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Draws once for all changes of a frame. */
  emit(): void {
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      for (const listener of this.listeners) listener();
    });
  }

  async start(): Promise<void> {
    await this.loadRuns();
    if (this.view.where) void this.loadWhere();
    this.enterView();
  }

  async loadRuns(): Promise<void> {
    try {
      this.runs = makeRuns(await get<RunList>('/api/runs'));
      this.loaded = true;
      this.failure = '';
      this.stream.listen(this.runs.version, this.watched());
    } catch (error) {
      this.failure = messageOf(error);
      setTimeout(() => void this.loadRuns(), 3000);
    }
    this.emit();
  }

  /** Changes the view; a change of what is looked at is a step back in the browser, a change of how is not. */
  set(change: Partial<View>): void {
    const before = this.view;
    this.view = {...before, ...change};
    const moved = this.view.view !== before.view || this.view.run !== before.run;
    history[moved ? 'pushState' : 'replaceState'](null, '', toFragment(this.view));
    if (moved) window.scrollTo(0, 0);
    if (this.view.where !== before.where) this.scheduleWhere();
    this.enterView();
    this.emit();
  }

  private follow(): void {
    const where = this.view.where;
    this.view = fromFragment(location.hash);
    if (this.view.where !== where) this.scheduleWhere();
    this.enterView();
    this.emit();
  }

  /** Asks for what the view needs. */
  private enterView(): void {
    if (this.view.view === 'run') void this.loadDetails(this.view.run);
    if (this.view.view === 'studies' && !this.studies) void this.loadStudies();
    const shown = this.shownRuns();
    this.curves.want(shown.filter((id) => this.runs.places.has(id)), this.view.curves);
    this.stream.watch(this.watched());
  }

  /** The runs whose curves are on the page. */
  shownRuns(): string[] {
    if (this.view.view === 'runs') return this.view.selected;
    return this.view.view === 'run' ? this.familyOf(this.view.run) : [];
  }

  /** A run, and with `family` its parent, its forks and its parent's other forks. */
  familyOf(id: string): string[] {
    if (!this.view.family) return [id];
    const details = this.details.get(id);
    const parent = details?.parent ?? null;
    const siblings = parent ? this.childrenOf(parent) : [];
    return [...new Set([id, ...(parent ? [parent] : []), ...this.childrenOf(id), ...siblings])].slice(0, kMostWatched);
  }

  childrenOf(id: string): string[] {
    const parent = this.runs.columns.findIndex((column) => column.name === 'parent');
    const run = this.runs.columns.findIndex((column) => column.name === 'run');
    return this.runs.rows.filter((row) => row[parent] === id).map((row) => String(row[run]));
  }

  private watched(): Map<string, number> {
    const running = this.shownRuns().filter((id) => valueOf(this.runs, id, 'status') === 'running');
    return new Map(running.slice(0, kMostWatched).map((id) => [id, this.curves.lastStep(id)]));
  }

  private onRuns(event: RunList): void {
    const next = applyEvent(this.runs, event);
    if (!next) {
      void this.loadRuns().then(() => this.enterView());
      return;
    }
    this.runs = next;
    const id = this.runs.columns.findIndex((column) => column.name === 'run');
    for (const row of event.rows) {
      const run = String(row[id]);
      if (this.details.has(run) && (run === this.view.run || this.view.view !== 'run')) void this.loadDetails(run);
      if (row[this.runs.columns.findIndex((column) => column.name === 'status')] !== 'running') this.curves.expire(run);
    }
    if (this.view.where) this.scheduleWhere();
    this.enterViewSoon();
    this.emit();
  }

  private soon = 0;
  private enterViewSoon(): void {
    if (this.soon) return;
    this.soon = window.setTimeout(() => {
      this.soon = 0;
      const shown = this.shownRuns().filter((id) => this.runs.places.has(id));
      this.curves.want(shown, this.view.curves);
      this.stream.watch(this.watched());
    }, 200);
  }

  private scheduleWhere(): void {
    clearTimeout(this.whereTimer);
    this.whereTimer = window.setTimeout(() => void this.loadWhere(), 350);
  }

  private async loadWhere(): Promise<void> {
    const where = this.view.where;
    let allowed: Set<string> | null = null, complaint = '';
    if (where.trim()) {
      try {
        const list = await get<RunList>('/api/runs', {where});
        const id = list.columns.findIndex((column) => column.name === 'run');
        allowed = new Set(list.rows.map((row) => String(row[id])));
      } catch (error) {
        complaint = messageOf(error);
        allowed = this.allowed;
      }
    }
    if (where !== this.view.where) return;
    [this.allowed, this.whereError] = [allowed, complaint];
    this.emit();
  }

  async loadDetails(id: string): Promise<RunDetails | null> {
    try {
      const details = await get<RunDetails>(`/api/runs/${encodeURIComponent(id)}`);
      this.details.set(id, details);
      this.detailErrors.delete(id);
      if (id === this.view.run) this.enterViewSoon();
      if (details.trained_by) this.lookAgain(id, details.status === 'running' ? kLookRunning : kLookEnding);
      return details;
    } catch (error) {
      this.detailErrors.set(id, messageOf(error));
      return null;
    } finally {
      this.emit();
    }
  }

  private again = 0;
  /** A process ends after its run has, or without a word to the store: no event tells the page, and "Resume" waits for it. */
  private lookAgain(id: string, wait: number): void {
    clearTimeout(this.again);
    this.again = window.setTimeout(() => { if (id === this.view.run && this.view.view === 'run') void this.loadDetails(id); }, wait);
  }

  async loadKeys(): Promise<void> {
    if (this.keys) return;
    try {
      this.keys = (await get<{keys: ConfigKey[]}>('/api/config')).keys;
    } catch (error) {
      this.say(messageOf(error));
    }
    this.emit();
  }

  private async loadStudies(): Promise<void> {
    try {
      this.studies = (await get<{studies: Study[]}>('/api/studies')).studies;
    } catch (error) {
      this.say(messageOf(error));
    }
    this.emit();
  }

  /** A line for everybody, read out too. */
  say(message: string): void {
    this.message = message;
    clearTimeout(this.messageTimer);
    // What was refused stays until it is read; what was done shows elsewhere too.
    if (message && !message.startsWith('Not done')) this.messageTimer = window.setTimeout(() => this.say(''), kMessageTime);
    this.emit();
  }

  open(dialog: Dialog): void {
    this.dialog = dialog;
    if (dialog) void this.loadKeys();
    if (dialog?.kind === 'fork' && !this.details.has(dialog.run)) void this.loadDetails(dialog.run);
    this.emit();
  }

  select(ids: string[]): void {
    if (ids.length > kMostSelected) this.say(`Curves of the first ${kMostSelected} of ${ids.length} chosen runs.`);
    this.set({selected: ids.slice(0, kMostSelected)});
  }

  /** Sends something to the server; what it answers, or null after telling what went wrong. */
  async act<T>(path: string, body: unknown, done: (answer: T) => string): Promise<T | null> {
    try {
      const answer = await post<T>(path, body);
      this.say(done(answer));
      return answer;
    } catch (error) {
      this.say(`Not done: ${messageOf(error)}`);
      return null;
    }
  }
}
