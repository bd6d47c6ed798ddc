// Figures that come as Vega-Lite specifications. Vega starts with the first of them, not with the page.
import {useEffect, useRef, useState} from 'preact/hooks';

import type {Figure} from '../types';
import {cssColour, useMedia} from './use';

export function Figures({figures}: {figures: readonly Figure[]}) {
  return <div class="charts">{figures.map((figure) => <OneFigure key={figure.id} figure={figure} />)}</div>;
}

export function OneFigure({figure}: {figure: Figure}) {
  const place = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState('');
  const dark = useMedia('(prefers-color-scheme: dark)');
  const narrow = useMedia('(max-width: 640px)');
  useEffect(() => {
    let drawn: {finalize(): void} | null = null, gone = false;
    void (async () => {
      try {
        const {drawFigure} = await import('../vega');
        if (gone) return;
        drawn = await drawFigure(place.current!, figure.id, figure.title, {...figure.spec, description: figure.description || figure.title}, cssColour('--paper'));
        if (gone) drawn.finalize();
        else setFailure('');
      } catch (error) {
        if (!gone) setFailure(error instanceof Error ? error.message : String(error));
      }
    })();
    return () => {
      gone = true;
      drawn?.finalize();
    };
  }, [figure.spec, dark, narrow]);
  return (
    <figure class="chart">
      <h3>{figure.title}</h3>
      <div class="plot" ref={place} />
      {failure && <p class="complaint">This chart could not be drawn: {failure}</p>}
      {figure.caption && <figcaption>{figure.caption}</figcaption>}
    </figure>
  );
}
