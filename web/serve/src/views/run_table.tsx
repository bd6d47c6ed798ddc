// The table of runs: only the rows in sight are in the document. A grid for keyboards and screen readers, with one
// active row; arrows move it, the space bar chooses, Enter opens.
import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import type {ShownColumn} from '../columns';
import {cellText, differenceText, formatCount, formatOf, isNumeric, kindOf, kNothing} from '../format';
import type {Group} from '../group';
import {idOf, rowOf, type Runs} from '../list';
import type {Order} from '../sort';
import type {Row} from '../types';

export type Item = {kind: 'run'; row: Row; depth: number} | {kind: 'group'; group: Group; isOpen: boolean};

export const kRowHeight = 30;
const kSpare = 12;  // rows drawn beyond either edge
const kCheckWidth = 34;

export interface TableProps {
  runs: Runs;
  items: Item[];
  columns: ShownColumn[];
  order: Order | null;
  base: string;
  outcome: string;
  selected: ReadonlySet<string>;
  colours: Map<string, string>;
  onSort(column: string): void;
  onSelect(ids: string[]): void;
  onOpen(id: string): void;
  onToggle(value: string): void;
  onBase(id: string): void;
}

export function RunTable(props: TableProps) {
  const {items, columns, runs, base} = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [active, setActive] = useState(0);
  const anchor = useRef(0);
  const baseRow = rowOf(runs, base);
  const head = kRowHeight * (baseRow ? 2 : 1);
  const place = Math.min(active, Math.max(0, items.length - 1));

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setHeight(element.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // Rows that are gone (a filter) may leave the box scrolled beyond its end.
  useLayoutEffect(() => setTop(box.current!.scrollTop), [items.length]);

  const moveTo = (index: number) => {
    const to = Math.max(0, Math.min(items.length - 1, index));
    setActive(to);
    const element = box.current!, y = to * kRowHeight;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + kRowHeight + head > element.scrollTop + element.clientHeight) element.scrollTop = y + kRowHeight + head - element.clientHeight;
  };

  const rangeTo = (index: number): string[] => {
    const [low, high] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
    return items.slice(low, high + 1).flatMap((item) => (item.kind === 'run' ? [idOf(runs, item.row)] : []));
  };

  const toggle = (index: number) => {
    const item = items[index];
    if (!item) return;
    anchor.current = index;
    const ids = item.kind === 'run' ? [idOf(runs, item.row)] : item.group.rows.map((row) => idOf(runs, row));
    const all = ids.every((id) => props.selected.has(id));
    props.onSelect(all ? [...props.selected].filter((id) => !ids.includes(id)) : [...new Set([...props.selected, ...ids])]);
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.target !== box.current) return;
    const page = Math.max(1, Math.floor((height - head) / kRowHeight) - 1);
    const moves: Record<string, number> = {
      ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + page, PageUp: place - page, Home: 0, End: items.length - 1};
    const item = items[place];
    const to = moves[event.key];
    if (to !== undefined) {
      moveTo(to);
      if (event.shiftKey) props.onSelect([...new Set([...props.selected, ...rangeTo(Math.max(0, Math.min(items.length - 1, to)))])]);
      else anchor.current = to;
    } else if (event.key === ' ') toggle(place);
    else if (event.key === 'Escape') props.onSelect([]);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      props.onSelect(items.flatMap((one) => (one.kind === 'run' ? [idOf(runs, one.row)] : [])));
    } else if (item?.kind === 'group' && ['Enter', 'ArrowRight', 'ArrowLeft'].includes(event.key)) {
      if (event.key === 'Enter' || (event.key === 'ArrowRight') !== item.isOpen) props.onToggle(String(item.group.value));
    } else if (item?.kind === 'run' && event.key === 'Enter') props.onOpen(idOf(runs, item.row));
    else if (item?.kind === 'run' && event.key === 'b' && !event.ctrlKey && !event.metaKey) {
      const id = idOf(runs, item.row);
      props.onBase(id === base ? '' : id);
    } else return;
    event.preventDefault();
  };

  const onRowClick = (event: MouseEvent, index: number) => {
    const item = items[index]!;
    setActive(index);
    if ((event.target as Element).closest('a, button')) return;
    if (item.kind === 'group') {
      if ((event.target as Element).closest('.check')) toggle(index);
      else props.onToggle(String(item.group.value));
    } else if (event.shiftKey) {
      props.onSelect([...new Set([...props.selected, ...rangeTo(index)])]);
    } else toggle(index);
  };

  const first = Math.max(0, Math.floor(top / kRowHeight) - kSpare);
  const last = Math.min(items.length, Math.ceil((top + height) / kRowHeight) + kSpare);
  const template = `${kCheckWidth}px ${columns.map((column) => `${Math.round(column.width)}px`).join(' ')}`;
  const width = kCheckWidth + columns.reduce((sum, column) => sum + Math.round(column.width), 0);
  return (
    <div class="grid" role={items.some((item) => item.kind === 'group') ? 'treegrid' : 'grid'} aria-label="Runs" aria-multiselectable="true" tabIndex={0} ref={box} aria-rowcount={items.length + 1}
      aria-colcount={columns.length + 1} aria-activedescendant={place >= first && place < last ? `row-${place}` : undefined}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)} onKeyDown={onKey}>
      <div class="grid-head" role="rowgroup" style={{width: `${width}px`}}>
        <div role="row" aria-rowindex={1} class="grid-row" style={{gridTemplateColumns: template}}>
          <div role="columnheader" class="check"><span class="unseen">chosen</span></div>
          {columns.map((column) => <Head key={column.name} column={column} order={props.order} onSort={props.onSort} />)}
        </div>
        {baseRow && <BaseRow {...props} row={baseRow} template={template} />}
      </div>
      <div role="rowgroup" class="grid-body" style={{height: `${items.length * kRowHeight}px`, width: `${width}px`}}>
        {items.slice(first, last).map((item, i) => {
          const index = first + i;
          const shared = {
            id: `row-${index}`, role: 'row' as const, 'aria-rowindex': index + 2,
            style: {gridTemplateColumns: template, transform: `translateY(${index * kRowHeight}px)`},
            onClick: (event: MouseEvent) => onRowClick(event, index),
          };
          const isActive = index === place ? ' active' : '';
          return item.kind === 'group'
            ? <div {...shared} key={`group ${item.group.value}`} class={`grid-row group${isActive}`} aria-level={1} aria-expanded={item.isOpen} style={{transform: shared.style.transform}}>
                <GroupCells {...props} group={item.group} isOpen={item.isOpen} />
              </div>
            : <div {...shared} key={idOf(runs, item.row)} class={`grid-row${isActive}${props.selected.has(idOf(runs, item.row)) ? ' chosen' : ''}`}
                aria-level={item.depth ? 2 : undefined} aria-selected={props.selected.has(idOf(runs, item.row))}>
                <RunCells {...props} row={item.row} baseRow={baseRow} />
              </div>;
        })}
      </div>
    </div>
  );
}

function Head({column, order, onSort}: {column: ShownColumn; order: Order | null; onSort(name: string): void}) {
  const own = order?.column === column.name ? order : null;
  const sort = own ? (own.descending ? 'descending' : 'ascending') : 'none';
  return (
    <div role="columnheader" aria-sort={sort} class={isNumeric(column.kind) ? 'number' : ''}>
      <button type="button" title={column.name} onClick={() => onSort(column.name)}>
        {column.title}{own && <span aria-hidden="true">{own.descending ? ' \u2193' : ' \u2191'}</span>}
      </button>
    </div>
  );
}

interface CellProps extends TableProps {
  row: Row;
  baseRow?: Row | undefined;
}

function RunCells({runs, row, baseRow, columns, selected, colours, onOpen}: CellProps) {
  const id = idOf(runs, row);
  return (
    <>
      <div role="gridcell" class="check"><Check isChosen={selected.has(id)} colour={colours.get(id)} /></div>
      {columns.map(({name, index, kind, isKey}) => {
        const cell = row[index];
        if (name === 'run') {
          return (
            <div role="gridcell" key={name} class="id">
              <a href={`#/run/${encodeURIComponent(id)}`} tabIndex={-1} onClick={(event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); onOpen(id); } }}>{id}</a>
            </div>
          );
        }
        if (kind === 'status') return <div role="gridcell" key={name}><span class={`status ${cell}`}>{cellText(cell, kind)}</span></div>;
        const compared = baseRow !== undefined && isNumeric(kind) && !isKey;
        const same = baseRow !== undefined && isKey && String(cell) === String(baseRow[index]);
        const text = compared ? differenceText(cell, baseRow[index], kind) : cellText(cell, kind);
        const empty = text === kNothing || same ? ' empty' : '';
        return <div role="gridcell" key={name} class={(isNumeric(kind) ? 'number' : 'words') + empty} title={text.length > 14 ? text : undefined}>{text}</div>;
      })}
    </>
  );
}

function BaseRow(props: CellProps & {template: string}) {
  const id = idOf(props.runs, props.row);
  return (
    <div role="row" class="grid-row base" style={{gridTemplateColumns: props.template}}>
      <div role="gridcell" class="check">
        <button type="button" class="quiet" title="Let go of the baseline" aria-label={`Let go of the baseline ${id}`} onClick={() => props.onBase('')}>{'\u00d7'}</button>
      </div>
      {props.columns.map(({name, index, kind}) => (
        <div role="gridcell" key={name} class={isNumeric(kind) ? 'number' : 'words'}>{name === 'run' ? `baseline ${id}` : cellText(props.row[index], kind)}</div>
      ))}
    </div>
  );
}

function GroupCells({runs, group, isOpen, outcome, selected}: TableProps & {group: Group; isOpen: boolean}) {
  const {summary} = group;
  const column = runs.columns.find((c) => c.name === outcome);
  const number = (value: number | null) => (value === null ? kNothing : column ? formatOf(kindOf(column), value) : String(value));
  const chosen = group.rows.length > 0 && group.rows.every((row) => selected.has(idOf(runs, row)));
  return (
    <>
      <div role="gridcell" class="check"><Check isChosen={chosen} colour={undefined} /></div>
      <div role="gridcell" class="group-value"><span class="turn" aria-hidden="true">{isOpen ? '\u25be' : '\u25b8'}</span>{group.value === null ? 'none' : String(group.value)}</div>
      <div role="gridcell" class="number">{formatCount(summary.count)} <span class="unit">{summary.count === 1 ? 'run' : 'runs'}</span></div>
      <div role="gridcell" class="number"><span class="unit">min</span> {number(summary.min)}</div>
      <div role="gridcell" class="number"><span class="unit">median</span> {number(summary.median)}</div>
      <div role="gridcell" class="number"><span class="unit">max</span> {number(summary.max)}</div>
      <div role="gridcell" class="number"><span class="unit">grokked</span> {formatCount(summary.grokked)}/{formatCount(summary.of)}</div>
    </>
  );
}

/** A picture of a box: the row itself is what is chosen. Filled with the colour of the run's curve. */
function Check({isChosen, colour}: {isChosen: boolean; colour: string | undefined}) {
  return <span class={isChosen ? 'box on' : 'box'} aria-hidden="true" style={isChosen && colour ? {backgroundColor: colour, borderColor: colour} : {backgroundColor: '', borderColor: ''}} />;
}
