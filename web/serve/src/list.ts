// The list of runs as the page holds it: rows by place, and what events change. Nothing here is changed in place.
import type {Cell, Column, Row, RunsEvent} from './types';

export interface Runs {
  version: number;
  columns: Column[];
  rows: Row[];
  places: Map<string, number>;
  damaged: string[];
}

export const kNoRuns: Runs = {version: 0, columns: [], rows: [], places: new Map(), damaged: []};

export function makeRuns(list: {version: number; columns: Column[]; rows: Row[]; damaged?: string[]}): Runs {
  const id = list.columns.findIndex((column) => column.name === 'run');
  return {
    version: list.version,
    columns: list.columns,
    rows: list.rows,
    places: new Map(list.rows.map((row, i) => [String(row[id]), i])),
    damaged: list.damaged ?? [],
  };
}

export function columnIndex(runs: Runs, name: string): number {
  return runs.columns.findIndex((column) => column.name === name);
}

export function rowOf(runs: Runs, id: string): Row | undefined {
  const place = runs.places.get(id);
  return place === undefined ? undefined : runs.rows[place];
}

export function valueOf(runs: Runs, id: string, name: string): Cell | undefined {
  return rowOf(runs, id)?.[columnIndex(runs, name)];
}

export function idOf(runs: Runs, row: Row): string {
  return String(row[columnIndex(runs, 'run')]);
}

const sameColumns = (a: Column[], b: Column[]) => a.length === b.length && a.every((column, i) => column.name === b[i]!.name);

/** The list after an event: changed rows in their places, new ones first. Null: the columns differ, ask for the list. */
export function applyEvent(runs: Runs, event: RunsEvent): Runs | null {
  if (event.full) return makeRuns({...event, damaged: event.damaged ?? runs.damaged});
  if (!sameColumns(runs.columns, event.columns)) return null;
  const id = columnIndex(runs, 'run');
  const removed = new Set(event.removed ?? []);
  const rows = runs.rows.slice();
  const fresh: Row[] = [];
  for (const row of event.rows) {
    const place = runs.places.get(String(row[id]));
    if (place === undefined) fresh.push(row);
    else rows[place] = row;
  }
  const version = Math.max(runs.version, event.version);
  if (fresh.length === 0 && removed.size === 0) return {...runs, version, rows};
  const kept = removed.size ? rows.filter((row) => !removed.has(String(row[id]))) : rows;
  return makeRuns({version, columns: runs.columns, rows: [...fresh, ...kept], damaged: runs.damaged});
}
