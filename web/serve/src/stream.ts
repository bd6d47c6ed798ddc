// The one stream of events from the server: it opens again where it was, and says how it stands.
import {address} from './api';
import type {Curve, RunsEvent} from './types';

export type Connection = 'connecting' | 'live' | 'lost';

export interface StreamHandlers {
  onRuns(event: RunsEvent): void;
  onRecords(curve: Curve): void;
  onConnection(connection: Connection): void;
}

const kLongestWait = 15000;
/** Choosing runs with the keyboard would otherwise open a stream for each step. */
const kSettle = 300;
const kUnseen = 20000;

export class Stream {
  private source: EventSource | null = null;
  private version = -1;
  private watchedRuns = new Map<string, number>();
  private wait = 1000;
  private timer = 0;
  private unseenTimer = 0;

  constructor(private readonly handlers: StreamHandlers) {
    document.addEventListener('visibilitychange', () => this.onVisibility());
  }

  /** A page that nobody sees lets go of its stream after a while: a browser has six connections to a host for all its pages. */
  private onVisibility(): void {
    clearTimeout(this.unseenTimer);
    if (this.version < 0) return;
    if (document.visibilityState === 'visible') {
      if (!this.source) this.openIn(0);
      return;
    }
    this.unseenTimer = window.setTimeout(() => {
      clearTimeout(this.timer);
      this.source?.close();
      this.source = null;
      this.handlers.onConnection('lost');
    }, kUnseen);
  }

  /** Opens the stream after the list of `version`. */
  listen(version: number, watched: Map<string, number>): void {
    this.version = version;
    this.watchedRuns = watched;
    this.openIn(0);
  }

  /** The runs whose records are to come, with the last step that the page has of each. */
  watch(watched: Map<string, number>): void {
    const before = [...this.watchedRuns.keys()].sort().join();
    this.watchedRuns = watched;
    if (this.version >= 0 && [...watched.keys()].sort().join() !== before) this.openIn(kSettle);
  }

  private openIn(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), milliseconds);
  }

  private open(): void {
    this.source?.close();
    const watch = [...this.watchedRuns].map(([run, step]) => (step >= 0 ? `${run}:${step}` : run)).join(',');
    const source = new EventSource(address('/api/events', {since: String(this.version), watch}));
    this.source = source;
    source.onopen = () => {
      this.wait = 1000;
      this.handlers.onConnection('live');
    };
    source.onerror = () => {
      this.handlers.onConnection('lost');
      // The browser tries again by itself, unless the server refused.
      if (source.readyState !== EventSource.CLOSED) return;
      this.openIn(this.wait);
      this.wait = Math.min(kLongestWait, this.wait * 2);
    };
    source.addEventListener('runs', (event) => {
      const data = JSON.parse((event as MessageEvent<string>).data) as RunsEvent;
      this.version = Math.max(this.version, data.version);
      this.handlers.onRuns(data);
    });
    source.addEventListener('records', (event) => {
      this.handlers.onRecords(JSON.parse((event as MessageEvent<string>).data) as Curve);
    });
  }
}
