// Requests to the server that sent this page, and to no other.

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="groklab-${name}"]`)?.content ?? '';
}

export const kReadOnly = meta('read-only') === 'true';

/** A path with its parameters, and with what the server wants at every address where it is not on this machine alone. */
export function address(path: string, parameters: Record<string, string> = {}): string {
  const given = new URLSearchParams(meta('query').replace(/^\?/, ''));
  for (const [name, value] of Object.entries(parameters)) if (value !== '') given.set(name, value);
  const text = given.toString();
  return text ? `${path}?${text}` : path;
}

export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw new ApiError(response.status, `expected JSON from ${new URL(response.url).pathname}, found something else (${response.status})`);
  }
  if (response.ok) return body as T;
  const message = (body as {error?: unknown}).error;
  throw new ApiError(response.status, typeof message === 'string' ? message : `the server answered ${response.status}`);
}

export async function get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
  return answerOf<T>(await fetch(address(path, parameters), {headers: {Accept: 'application/json'}}));
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return answerOf<T>(await fetch(address(path), {
    method: 'POST',
    headers: {'Content-Type': 'application/json', 'X-Groklab-Token': meta('token')},
    body: JSON.stringify(body),
  }));
}

export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return 'the server does not answer';
  return error instanceof Error ? error.message : String(error);
}
