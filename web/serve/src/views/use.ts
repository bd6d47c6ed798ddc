// Hooks that several views use.
import {useEffect, useReducer, useState} from 'preact/hooks';

import type {App} from '../app';

/** Draws again whenever the page's state changes. */
export function useApp(app: App): void {
  const [, draw] = useReducer<number, void>((n) => n + 1, 0);
  useEffect(() => app.subscribe(() => draw()), [app]);
}

/** Whether a media query holds, now and later. */
export function useMedia(query: string): boolean {
  const [holds, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const onChange = () => set(list.matches);
    list.addEventListener('change', onChange);
    return () => list.removeEventListener('change', onChange);
  }, [query]);
  return holds;
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** A colour variable of the page's style as it is now. */
export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A text that follows `value` and tells what is typed after a short pause. */
export function useTyped(value: string, tell: (text: string) => void, milliseconds: number): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => tell(text), milliseconds);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, setText];
}
