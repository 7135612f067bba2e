/** Requests of the desk, with the token of the page; every failure becomes a Problem with a Dutch title. */
import { text } from './text.js';

const TIMEOUT = 10_000;
const token = document.querySelector('meta[name=csrf-token]')?.content ?? '';

export class Problem extends Error {
  /** @param {number} status 0: no answer @param {{title?: string, type?: string}} body @param {string|null} retryAfter seconds */
  constructor(status, body = {}, retryAfter = null) {
    super(body.title ?? text.failed);
    this.status = status;
    this.title = body.title ?? text.failed;
    this.kind = body.type?.split(':').at(-1) ?? '';
    this.wait = Number(retryAfter) * 1000 || null;
  }

  /** Whether trying again later may help. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

async function request(path, options, signal) {
  let response;
  try {
    response = await fetch(`/desk${path}`, { ...options, signal, cache: 'no-store', redirect: 'error' });
  } catch (error) {
    throw new Problem(0, {}, null, { cause: error });
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Problem(response.status, body, response.headers.get('Retry-After'));
}

/** The JSON of an answer, or null when it has none. */
async function call(method, path, body) {
  const headers = { Accept: 'application/json' };
  if (method === 'POST') Object.assign(headers, { 'X-CSRF-Token': token, 'Content-Type': 'application/json' });
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const response = await request(path, { method, headers, body: sent }, AbortSignal.timeout(TIMEOUT));
  return response.status === 204 ? null : response.json().catch(() => { throw new Problem(0); });
}

export const get = (path) => call('GET', path);
export const post = (path, body = {}) => call('POST', path, body);
/** An open event stream; `signal` ends it. */
export const stream = (path, signal) => request(path, { headers: { Accept: 'text/event-stream' } }, signal);
