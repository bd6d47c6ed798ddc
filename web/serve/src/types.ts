// The forms of what the server sends (docs/serve.md, GET /api/openapi.json).

export type Cell = string | number | boolean | null | string[];

export interface Column {
  name: string;
  type: string;
  /** A configuration key whose value differs among the runs. */
  key?: boolean;
}

export type Row = Cell[];

export interface RunList {
  version: number;
  columns: Column[];
  rows: Row[];
  damaged?: string[];
}

/** What an event says about the list. */
export interface RunsEvent extends RunList {
  removed?: string[];
  full?: boolean;
}

export interface Curve {
  run: string;
  step: number[];
  columns: Record<string, (number | null)[]>;
}

export interface RunDetails {
  run: string;
  name: string | null;
  tags: string[];
  note: string | null;
  status: string;
  outcome: string;
  command: string;
  config: Record<string, Cell>;
  changed: string[];
  events: Record<string, number | null>;
  states: number[];
  parent: string | null;
  fork_step: number | null;
  children: string[];
  /** The process that trains it now; it can be stopped if it trains nothing else. */
  trained_by: {process: number; command: string; stoppable: boolean} | null;
  step?: number;
  seconds?: number;
  reason?: string;
  /** Why the program that trained it ended, where it failed. */
  failure?: string | null;
}

export interface Figure {
  id: string;
  title: string;
  caption: string;
  description: string;
  spec: Record<string, unknown>;
}

export interface ConfigKey {
  key: string;
  type: 'integer' | 'number' | 'text' | 'boolean' | 'choice';
  default: Cell;
  choices?: string[];
  help: string;
  section: string;
  unit?: string;
  /** Which values it takes, in words. */
  allowed?: string;
}

export interface Claim {
  claim: string;
  title: string;
  verdict: string;
  effect: string;
  text: string;
}

export interface Study {
  study: string;
  scale: string;
  protocol: string;
  file: string;
  claims: Claim[];
}
