// From a form of configuration keys to what the server is sent: only what differs, in the key's own type.
import type {Cell, ConfigKey} from './types';

/** Texts of the form by key; a key that is absent keeps its default. */
export type Draft = Record<string, string>;

export function defaultText(key: ConfigKey): string {
  return key.default === null ? '' : String(key.default);
}

/** What is wrong with a text for a key; "" if nothing that the page can tell (the server has the last word). */
export function complaintOf(key: ConfigKey, text: string): string {
  if (key.type === 'integer' && !/^[+-]?\d+$/.test(text.trim())) return 'a whole number';
  if (key.type === 'number' && (text.trim() === '' || !Number.isFinite(Number(text)))) return 'a number';
  if (key.type === 'boolean' && text !== 'true' && text !== 'false') return 'true or false';
  if (key.type === 'choice' && key.choices && !key.choices.includes(text)) return `one of ${key.choices.join(', ')}`;
  return '';
}

export function typedValue(key: ConfigKey, text: string): Cell {
  if (key.type === 'integer' || key.type === 'number') return Number(text);
  return key.type === 'boolean' ? text === 'true' : text;
}

function isSame(key: ConfigKey, text: string, other: string): boolean {
  if (text === other) return true;
  const numeric = key.type === 'integer' || key.type === 'number';
  return numeric && text.trim() !== '' && other.trim() !== '' && Number(text) === Number(other);
}

export interface FormResult {
  config: Record<string, Cell>;
  complaints: Record<string, string>;
}

/** What a draft changes against `base` (the defaults, or the configuration of the run to fork), and what is wrong with it. */
export function changesOf(keys: readonly ConfigKey[], draft: Draft, base: Record<string, Cell> = {}): FormResult {
  const config: Record<string, Cell> = {}, complaints: Record<string, string> = {};
  for (const key of keys) {
    const text = draft[key.key];
    if (text === undefined) continue;
    const complaint = complaintOf(key, text);
    if (complaint) complaints[key.key] = complaint;
    else if (!isSame(key, text, key.key in base ? String(base[key.key]) : defaultText(key))) config[key.key] = typedValue(key, text);
  }
  return {config, complaints};
}

/** Keys whose name or help holds every word; those whose name does come first. */
export function searchKeys(keys: readonly ConfigKey[], text: string): ConfigKey[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const inName = (key: ConfigKey) => words.every((word) => key.key.toLowerCase().includes(word));
  const anywhere = (key: ConfigKey) => words.every((word) => `${key.key} ${key.help}`.toLowerCase().includes(word));
  return [...keys.filter(inName), ...keys.filter((key) => !inName(key) && anywhere(key))];
}

/** The settings of a fork that keeps `share` of the parent's training rows. */
export function fewerRows(config: Record<string, Cell>, share: number): Record<string, Cell> {
  const size = Number(config['split.train_size'] ?? 0);
  const fraction = Number(config['split.train_fraction'] ?? 0);
  const changes: Record<string, Cell> = size > 0
    ? {'split.train_size': Math.max(1, Math.round(size * share))}
    : {'split.train_fraction': Number((fraction * share).toPrecision(6))};
  // The parent's rule of stopping would end the fork at its first evaluation.
  if (Number(config['train.stop_test_accuracy'] ?? 0) > 0) changes['train.stop_test_accuracy'] = 0;
  return changes;
}

/** A form's start from a configuration: its values that differ from the defaults. Where a run came from is no setting. */
export function draftFrom(keys: readonly ConfigKey[], config: Record<string, Cell>): Draft {
  const draft: Draft = {};
  for (const key of keys) {
    const value = config[key.key];
    if (value === undefined || value === null || key.key.startsWith('fork.') || key.key.endsWith('_digest')) continue;
    if (!isSame(key, String(value), defaultText(key))) draft[key.key] = String(value);
  }
  return draft;
}
