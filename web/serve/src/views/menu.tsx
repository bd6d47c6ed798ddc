// A button with a small panel below it; Escape, a click elsewhere or leaving it closes it.
import type {ComponentChildren} from 'preact';
import {useEffect, useRef} from 'preact/hooks';

export function Menu({title, children}: {title: string; children: ComponentChildren}) {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const onClick = (event: Event) => {
      if (element.current && !element.current.contains(event.target as Node)) element.current.open = false;
    };
    document.addEventListener('click', onClick);
    return () => document.removeEventListener('click', onClick);
  }, []);
  return (
    <details class="menu" ref={element}
      onFocusOut={(event) => {
        const to = event.relatedTarget as Node | null;
        if (to && !event.currentTarget.contains(to)) event.currentTarget.open = false;
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !event.currentTarget.open) return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector('summary')!.focus();
        event.stopPropagation();
      }}>
      <summary class="button">{title}</summary>
      <div class="menu-panel">{children}</div>
    </details>
  );
}
