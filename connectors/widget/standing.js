/** Who the citizen talks with or waits for: what changes it, and the line that tells so. */
import { senderOf } from './message.js';
import { text } from './text.js';

const LINES = {
  assigned: ({ agent }) => text.assigned(agent?.name),
  transferred: ({ agent, team }) => text.transferred(agent?.name, team),
  unavailable: () => text.unavailable,
  returned: () => text.returned,
  closed: ({ agent }) => text.closed(agent?.name),
};

/** The line for a hand-over; the server's own words go first. Empty where a message or the place in the queue says it. */
export function handoverLine(event) {
  return event.text ?? LINES[event.state]?.(event) ?? '';
}

/** Who the citizen talks with or waits for after this event, and how; undefined: no change. `now`: how it was. */
export function companion({ type, state, from, agent, team, position, eta_s: eta }, now) {
  const { role } = from ?? {};
  if (type === 'message' && (role === 'agent' || (role === 'bot' && now.role === 'bot'))) {
    return { ...from, words: senderOf(from) };
  }
  if (type !== 'handover' || state === 'offered') return undefined;
  if (state === 'queued' || (state === 'transferred' && !agent)) {
    return { role: 'queue', words: text.queued, team: team ?? now.team, position, eta };
  }
  if (state !== 'assigned' && state !== 'transferred') return { role: 'bot', words: text.robot };
  return { ...agent, role: 'agent', words: text.agentNamed(agent?.name) };
}

/** Whether the event is something to read that isn't the citizen's own. */
export const isNews = ({ type, from }) =>
  type === 'notice' || (type === 'message' && from.role !== 'citizen');

/** Where the conversation stands, for the launcher; undefined with the bot. */
export const standing = ({ role, name, position }) => ({ queue: text.place(position), agent: text.helps(name) })[role];

/** Shows the number of unread messages before the title of the page. */
export function countInTitle(unread) {
  document.title = (unread ? `(${unread}) ` : '') + document.title.replace(/^\(\d+\) /, '');
}

/** That the other side is typing, until it says something or nothing more is heard. `show(words)`: '' for nobody. */
export class Typing {
  #timer = 0;
  #show;

  constructor(show) {
    this.#show = show;
  }

  on({ role, ttl_s: seconds }, { name }) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.off(), (seconds || 6) * 1000);
    this.#show(text.typing(role === 'agent' ? name ?? text.agentNamed() : text.robot));
  }

  off() {
    clearTimeout(this.#timer);
    this.#show('');
  }
}
