/** One message or line: who, when, words, parts, and for the citizen's own messages how far they are. */
import { blocks, h, icon, unseen } from './dom.js';
import { renderPart, sourceLine } from './parts.js';
import { text, timeOf } from './text.js';

/** The sender in words. */
export function senderOf({ role, name }) {
  if (role === 'citizen') return text.you;
  if (role === 'agent') return text.agentNamed(name);
  if (role === 'bot') return name ? text.robotNamed(name) : text.robot;
  return text.system;
}

const timeTag = (at) => h('time', { datetime: at }, timeOf(at));

/** "Bron: …", with the label of the link part to the same address if there is one. */
function source({ meta, parts = [] }, server) {
  if (!meta?.source) return null;
  const same = parts.find((part) => part.kind === 'link' && part.url === meta.source);
  return sourceLine(meta.source, same?.label, server);
}

/** @param {object} event a `message` event, or what is known of one to be sent; `joins`: same sender as just before */
export function messageElement(event, { server, respond, joins }) {
  const { role = 'system' } = event.from;
  const words = role === 'citizen' ? [event.redacted ? text.removed : event.text] : blocks(event.text ?? '');
  const parts = (event.parts ?? []).filter((part) => part.kind !== 'link' || part.url !== event.meta?.source);
  return h('div', {
    class: `message ${role}${joins ? ' joins' : ''}${event.redacted ? ' redacted' : ''}`, lang: event.lang,
    'data-testid': 'balie-message', 'data-from': role,
  },
  h('p', { class: 'head' }, h('span', { class: 'who' }, senderOf(event.from)), ' ',
    h('span', { class: 'at', 'aria-live': 'off' }, event.at && timeTag(event.at))), // filled in later, it isn't spoken
  words.some(Boolean) && h('div', { class: 'bubble' }, ...words, source(event, server)),
  ...parts.map((part) => renderPart(part, respond, server)));
}

/** News between the messages. */
export function noticeElement({ kind, text: words, parts = [] }, server, respond) {
  return h('div', { class: 'notice', 'data-testid': 'balie-notice', 'data-kind': kind },
    icon('info'), h('div', {}, unseen(`${text.system}: `), ...blocks(words),
      ...parts.map((part) => renderPart(part, respond, server))));
}

/** Our own message came back: what the server kept is shown, since something private may have been masked. */
export function confirm(node, event) {
  const bubble = node.querySelector('.bubble');
  if (event.text && event.text !== bubble.textContent) bubble.textContent = event.text;
  node.querySelector('.at').replaceChildren(timeTag(event.at));
  markState(node, 'sent');
}

function reason(problem) {
  if (problem.status === 410) return text.lostContact;
  return problem.type.endsWith('choice_expired') ? text.choiceExpired : problem.title;
}

/** Shows how far a message is; `again` gives a button. Not spoken here: the panel speaks when something goes wrong. */
export function markState(node, state, { problem, again } = {}) {
  const old = node.querySelector('.state');
  const focused = old?.contains(old.getRootNode().activeElement);
  const button = again && h('button', { type: 'button', class: 'again', onclick: again }, text.again);
  node.dataset.state = state;
  node.append(h('p', { class: 'state', 'aria-live': 'off' }, stateWords(state, problem), button));
  old?.remove();
  if (focused) (button ?? node.closest('.log')).focus(); // the button that was pressed is gone
}

export function stateWords(state, problem) {
  if (state === 'waiting') return problem?.status === 429 ? text.busy : text.waiting;
  return state === 'refused' ? text.refused(reason(problem)) : text[state];
}

/** What was said is gone, for privacy. */
export function redact(node) {
  node.querySelectorAll('.ask, .card, .link').forEach((part) => part.remove());
  node.querySelector('.bubble')?.replaceChildren(text.removed);
  node.classList.add('redacted');
}
