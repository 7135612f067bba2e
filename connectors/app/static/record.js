/** What a list says of a conversation, taken from its events; and what of those may still be read. */
import { companion, isNews } from '../widget/standing.js';
import { words } from './text.js';

const TITLE = 80; // characters
const LAST = 120; // characters
const FOLLOWS = 'zaakstatus'; // topic of what is said about a case that was looked up, and of following it

const asks = ({ type, from }) => type === 'message' && from.role === 'citizen';

/** The events with what was taken back since, and what may be read for a while only, hidden. */
export function apply(events) {
  const removed = new Set(events.filter(({ type }) => type === 'redact').map(({ target }) => target));
  const now = new Date().toISOString();
  return events.map((event) => (removed.has(event.id) || event.until < now ? hidden(event) : event));
}

function hidden({ parts, until, ...event }) {
  return { ...event, text: words.hidden, redacted: true };
}

/** `record` as it is after these events. */
export function summary(record, events) {
  const question = events.find((event) => asks(event) && event.text && !event.redacted);
  const said = events.findLast((event) => (isNews(event) || asks(event)) && event.text);
  const { role, name } = events.reduce((now, event) => companion(event, now) ?? now, record);
  return {
    ...record, role, name,
    title: record.title || question?.text.slice(0, TITLE),
    last: said && { who: who(said), text: said.until ? words.hidden : said.text.slice(0, LAST) }, // the list doesn't see its end
    at: events.findLast(({ at }) => at)?.at ?? record.at,
    seq: events.at(-1)?.seq ?? 0,
    follows: events.some(({ type, meta }) => type === 'notice' || (meta?.topic === FOLLOWS && meta.outcome === 'answered')),
    unread: events.filter((event) => event.seq > record.read && isNews(event)).length,
  };
}

const who = ({ from }) => ({ citizen: words.you, agent: from?.name })[from?.role] ?? '';
