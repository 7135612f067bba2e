/** Building DOM without HTML strings: safe under Trusted Types and for whatever text arrives. */
import { text } from './text.js';

/**
 * Creates an element. Attributes that are null, undefined or false are left out; `onclick` and the like become listeners.
 * @param {string} tag @param {Record<string, unknown>} [attributes] @param {...(Node|string|null|undefined|false)} children
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child || child === ''));
  return node;
}

/** @returns {any} the element with this id */
export const $ = (id) => document.getElementById(id);

/** Words for screen readers only. */
export const unseen = (words) => h('span', { class: 'unseen' }, words);

/** A link to somewhere outside the desk, in a new tab. @param {string} href see `safeUrl` */
export const outward = (href, label) => h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, label, unseen(text.parts.newTab));

/** Sets text only when it differs: an unchanged live region or focused element is left alone. */
export function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** The address if it is a web address; else null. Never link to anything else that came over the network. */
export function safeUrl(address) {
  try {
    const url = new URL(address, location.href);
    return ['http:', 'https:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * Makes the children of `list` those of `items`, in order, keeping the elements that are there (and so focus and scrolling).
 * @param {Element} list @param {{key: string}[]} items @param {(item: any) => Element} make @param {(node: any, item: any) => void} fill
 */
export function reconcile(list, items, make, fill) {
  const known = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const wanted = new Set(items.map((item) => item.key));
  for (const [key, node] of known) if (!wanted.has(key)) node.remove();
  items.forEach((item, index) => {
    let node = known.get(item.key);
    if (!node) {
      node = make(item);
      node.dataset.key = item.key;
    }
    if (list.children[index] !== node) {
      const focused = node.contains(document.activeElement) ? document.activeElement : null;
      list.insertBefore(node, list.children[index] ?? null);
      focused?.focus();
    }
    fill(node, item);
  });
}
