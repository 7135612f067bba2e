/** What this tab keeps until it is sent: it survives a reload, and is gone with the tab, by sending, or when the agent signs out. */

const PREFIX = `balie-desk:${document.body.dataset.agentId}:`;
const spare = new Map(); // for a browser that keeps nothing

/** @returns {any} what was written under this name, or null */
export function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name)) ?? spare.get(name) ?? null;
  } catch {
    return spare.get(name) ?? null;
  }
}

/** Keep a value under a name; null removes it. */
export function write(name, value) {
  spare.delete(name);
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    if (value !== null) spare.set(name, value);
  }
}

/** Names that begin like this. */
export function names(beginning) {
  let stored = [];
  try {
    stored = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch { /* nothing is kept */ }
  return [...new Set([...stored, ...spare.keys()])].filter((name) => name.startsWith(beginning));
}

/** The agent leaves: nothing of citizens stays in the browser. */
export function forgetAll() {
  for (const name of names('')) write(name, null);
}
