// Named views, kept by this browser; each is the fragment of an address.
const kName = 'groklab-views';

export type SavedViews = Record<string, string>;

export function readSaved(storage: Pick<Storage, 'getItem'> = localStorage): SavedViews {
  try {
    const value: unknown = JSON.parse(storage.getItem(kName) ?? '{}');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].startsWith('#')));
  } catch {
    return {};
  }
}

export function writeSaved(views: SavedViews, storage: Pick<Storage, 'setItem'> = localStorage): boolean {
  try {
    storage.setItem(kName, JSON.stringify(views));
    return true;
  } catch {
    return false;  // a browser may forbid it, or have no room
  }
}
