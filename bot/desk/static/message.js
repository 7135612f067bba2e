/** One event of the log as an element; null for events that an agent needn't see. */
import { dayOf, dayWords, moment, timeOf } from './dates.js';
import { h, outward, safeUrl } from './dom.js';
import { pane, text } from './text.js';

const clock = (at) => h('time', { datetime: at, title: moment(at) }, timeOf(at));

/** @param {{role: string, name?: string}} from */
function senderOf({ role, name }) {
  if (role === 'agent') return name ?? text.agent;
  if (role === 'bot') return name ? `${name}, ${text.bot.toLowerCase()}` : text.bot;
  return text[role] ?? text.system;
}

/** A line between two days. */
export const dayLine = (at) => h('li', { class: 'day', 'data-day': dayOf(at) }, h('span', {}, dayWords(at)));

/** @param {object} event @param {Record<string, string>} outcomes @param {boolean} joins same sender as just before */
export function eventElement(event, outcomes, joins) {
  if (event.type === 'message') return messageElement(event, joins);
  if (event.type === 'note') return noteElement(event);
  const words = event.type === 'handover' ? pane.event[event.state]?.({ ...event, label: outcomes[event.outcome] ?? '–' }) : event.text;
  if (!words || !['handover', 'notice'].includes(event.type)) return null;
  return h('li', { class: 'event', 'data-testid': 'event', 'data-state': event.state ?? event.kind }, h('span', {}, words, ' ', event.at && clock(event.at)));
}

function messageElement(event, joins) {
  const { role } = event.from;
  const unsure = role === 'bot' && text.unsure[event.meta?.outcome];
  return h('li', { class: `message ${role}${joins ? ' joins' : ''}`, 'data-testid': 'message', 'data-from': role, 'data-id': event.id },
    h('p', { class: 'who' }, h('span', {}, senderOf(event.from)), ' ', event.at && clock(event.at), unsure && h('span', { class: 'tag' }, unsure)),
    h('div', { class: 'bubble', lang: event.lang ?? 'nl' },
      h('p', { class: event.redacted ? 'words gone' : 'words' }, event.redacted ? text.hidden : event.text),
      ...(event.parts ?? []).map(partElement)));
}

function noteElement({ at, name, text: words }) {
  return h('li', { class: 'note', 'data-testid': 'note' },
    h('p', { class: 'who' }, text.note(name), ' ', clock(at)), h('p', { class: 'words' }, words));
}

const PARTS = {
  choices: ({ options }) => h('ul', { class: 'choices', 'aria-label': text.parts.choices }, ...options.map(({ label }) => h('li', {}, label))),
  date: () => h('p', { class: 'asked' }, text.parts.date),
  time: () => h('p', { class: 'asked' }, text.parts.time),
  form: ({ fields }) => h('p', { class: 'asked' }, text.parts.form(fields.map(({ label }) => label.toLowerCase()).join(', '))),
  link: ({ label, url, opener }) => {
    const href = !opener && safeUrl(url); // the link to log in is the citizen's alone: opening it would end a login that they began
    return href ? h('p', {}, outward(href, label)) : h('p', {}, label);
  },
  case: ({ identificatie, status, step, steps }) =>
    h('p', { class: 'card' }, h('strong', {}, `${text.parts.case} ${identificatie}`), h('br'), `${status}, ${text.parts.step(step, steps)}`),
  appointment: ({ reference, start, location }) =>
    h('p', { class: 'card' }, h('strong', {}, [text.parts.appointment, reference].filter(Boolean).join(' ')), h('br'),
      [start && moment(start), location?.name].filter(Boolean).join(', ')),
};

function partElement(part) {
  return PARTS[part.kind]?.(part) ?? null;
}

/** The message was removed after we showed it. */
export function redact(node) {
  const words = node.querySelector('.words');
  words.textContent = text.hidden;
  words.classList.add('gone');
  for (const part of [...words.parentElement.children].slice(1)) part.remove();
}

/**
 * An answer or a note of our own that the server hasn't confirmed yet.
 * @param {import('./outbox.js').Item} item @param {{again: () => void, edit: () => void, discard: () => void}} actions
 */
export function outgoingElement(item, { again, edit, discard }) {
  const failed = ['failed', 'refused'].includes(item.state);
  const note = item.kind === 'notes';
  const act = (words, onclick) => h('button', { type: 'button', class: 'quiet small', onclick }, words);
  const attributes = { 'data-testid': note ? 'note' : 'message', 'data-from': 'agent', 'data-state': item.state, 'data-cid': item.cid };
  return h('li', { class: `${note ? 'note' : 'message agent'} outgoing ${item.state}`, ...attributes },
    h('p', { class: 'who' }, note ? text.note(text.you.toLowerCase()) : text.you),
    note ? h('p', { class: 'words' }, item.text) : h('div', { class: 'bubble' }, h('p', { class: 'words' }, item.text)),
    h('p', { class: 'delivery' }, failed ? `${text.notSent} ${item.title} ` : item.state === 'sent' ? text.sent : text.sending,
      item.state === 'failed' && act(text.again, again), failed && act(pane.edit, edit), failed && act(text.discard, discard)));
}
