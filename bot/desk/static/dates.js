/** Moments and stretches of time in Dutch, on the clock of the Netherlands wherever the agent sits. */
const AT_HOME = { timeZone: 'Europe/Amsterdam' };
const clock = new Intl.DateTimeFormat('nl-NL', { hour: '2-digit', minute: '2-digit', ...AT_HOME });
const dayKey = new Intl.DateTimeFormat('sv-SE', AT_HOME);
const dayName = new Intl.DateTimeFormat('nl-NL', { weekday: 'long', day: 'numeric', month: 'long', ...AT_HOME });
const fullDay = new Intl.DateTimeFormat('nl-NL', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', ...AT_HOME });
const dayOfYear = new Intl.DateTimeFormat('nl-NL', { day: 'numeric', month: 'long', year: 'numeric', ...AT_HOME });
const shortDay = new Intl.DateTimeFormat('nl-NL', { day: 'numeric', month: 'short', ...AT_HOME });
const toTheSecond =
  new Intl.DateTimeFormat('nl-NL', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', ...AT_HOME });

export const timeOf = (at) => clock.format(new Date(at));
export const dayOf = (at) => dayKey.format(new Date(at));
export const dayWords = (at) => dayName.format(new Date(at));
/** "1 november 2026", of a date without a time too */
export const dayWordsFull = (at) => dayOfYear.format(new Date(at));
export const moment = (at) => `${fullDay.format(new Date(at))}, ${timeOf(at)} uur`;
/** "vandaag, 10:05 uur", else with the day. */
export const when = (at) => (dayOf(at) === dayOf(Date.now()) ? `vandaag, ${timeOf(at)} uur` : moment(at));
/** "10:05" today, else "24 nov". */
export function shortMoment(at) {
  if (dayOf(at) === dayOf(Date.now())) return timeOf(at);
  return shortDay.format(new Date(at));
}

/** "27 nov. 2026, 10:05:12": to the second, for the audit log. */
export const fullMoment = (at) => toTheSecond.format(new Date(at));

/** "0:07", "12:30", "1:02:30" */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "minder dan 1 minuut", "12 minuten": what a screen reader says, so that it doesn't change every second. */
export function durationWords(seconds) {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 1) return 'minder dan 1 minuut';
  return minutes === 1 ? '1 minuut' : `${minutes} minuten`;
}
