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
    this.field = body.field ?? ''; // of a form, when that is what is wrong
    this.kind = body.type?.split(':').at(-1) ?? '';
    this.wait = Number(retryAfter) * 1000 || null;
  }

  /** Whether trying again later may help. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

let signedOut = () => {};
/** @param {() => void} tell called when an answer says that nobody is signed in here (any more) */
export const onSignedOut = (tell) => { signedOut = tell; };

async function request(path, options, signal) {
  let response;
  try {
    response = await fetch(`/desk${path}`, { ...options, signal, cache: 'no-store', redirect: 'error' });
  } catch {
    throw new Problem(0);
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  if (response.status === 401) signedOut();
  throw new Problem(response.status, body, response.headers.get('Retry-After'));
}

/** The JSON of an answer, or null when it has none. */
async function call(method, path, body, signal) {
  const headers = { Accept: 'application/json' };
  if (method === 'POST') Object.assign(headers, { 'X-CSRF-Token': token, 'Content-Type': 'application/json' });
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const limit = AbortSignal.timeout(TIMEOUT);
  const response = await request(path, { method, headers, body: sent }, signal ? AbortSignal.any([signal, limit]) : limit);
  return response.status === 204 ? null : response.json().catch(() => { throw new Problem(0); });
}

/** Where a conversation is. @param {string} rest of the path, from its slash on */
export const address = (conv, rest = '') => `/api/conv/${encodeURIComponent(conv)}${rest}`;

/** `signal` drops the question. */
export const get = (path, signal) => call('GET', path, undefined, signal);
export const post = (path, body = {}) => call('POST', path, body);
/** An open event stream; `signal` ends it. */
export const stream = (path, signal) => request(path, { headers: { Accept: 'text/event-stream' } }, signal);
