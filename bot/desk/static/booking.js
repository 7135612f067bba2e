/** The dialog in which an agent books an appointment for the citizen: what, where, when, who, a last look, and the booking, once. */
import { address, get, post } from './api.js';
import { dayWords } from './dates.js';
import { $, h, say } from './dom.js';
import { read, write } from './kept.js';
import { newId } from './outbox.js';
import { pressed } from './page.js';
import { pane, text } from './text.js';

const words = pane.booking;
const FIELDS = ['product', 'persons', 'location', 'day', 'name', 'phone', 'email'];
const DAYS_SHOWN = 4;
const form = $('booking-form');
const field = (name) => $(`booking-${name}`);

let conv = '';
let options = { products: [], locations: [], asks: [], max_persons: 1 };
let days = [];
let asked = 0; // number of the newest question: older answers don't count

/**
 * @param {(words: string) => void} done the appointment is made
 * @param {(words: string) => void} notice says what went wrong once the dialog is about another conversation
 */
export function setupBooking(done, notice) {
  $('booking-cancel').addEventListener('click', () => $('booking').close());
  $('booking-back').addEventListener('click', () => check(false));
  $('booking-again').addEventListener('click', () => load());
  for (const name of ['product', 'persons']) field(name).addEventListener('change', () => load());
  field('location').addEventListener('change', () => loadDays());
  field('day').addEventListener('change', () => loadTimes());
  form.addEventListener('input', () => {
    clear();
    keep();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if ($('booking-check').hidden) return complete() && check(true);
    return book(done, notice);
  });
}

/** Open it; what was filled in for this conversation before is still there. */
export async function openBooking(which) {
  conv = which;
  form.reset();
  for (const name of ['product', 'location']) field(name).replaceChildren();
  showTimes([]);
  check(false);
  clear();
  const kept = remembered();
  for (const name of FIELDS) if (kept[name] && !['product', 'location'].includes(name)) field(name).value = kept[name];
  $('booking').showModal();
  field('product').focus();
  await load();
}

export const forgetBooking = (which) => write(`booking:${which}`, null);

const remembered = () => read(`booking:${conv}`) ?? {};

/** As it is filled in; what can't be shown yet, for want of an answer, is as it was. */
function values() {
  const before = remembered();
  const value = (name) => (field(name).tagName === 'SELECT' && !field(name).options.length ? before[name] ?? '' : field(name).value);
  return { ...Object.fromEntries(FIELDS.map((name) => [name, value(name)])), time: form.elements.time?.value ?? before.time ?? '' };
}

const wanted = ({ product, persons, location = '', day = '' }) => new URLSearchParams({ product, persons, location, day });

/** The same details keep the same `cid`: asking again after a lost answer books nothing twice. */
function keep() {
  const now = values();
  const { cid, ...before } = remembered();
  const same = JSON.stringify(before) === JSON.stringify(now);
  write(`booking:${conv}`, { ...now, cid: same && cid ? cid : newId() });
}

/** Asks, and shows meanwhile that it does. @returns {Promise<any>} undefined: it failed, or something newer was asked */
async function ask(path, waiting) {
  asked += 1;
  const mine = asked;
  state(waiting);
  try {
    const found = await get(path);
    if (mine !== asked) return undefined;
    state('');
    return found;
  } catch (error) {
    if (mine === asked) state(error.title ?? text.failed, true);
    return undefined;
  }
}

function state(line, failed = false) {
  say($('booking-state'), line);
  $('booking-state').classList.toggle('error', failed);
  $('booking-again').hidden = !failed;
}

async function load() {
  const kept = values();
  const { product } = kept;
  const persons = kept.persons || '1';
  const found = await ask(`/api/appointments/options?${product ? wanted({ product, persons }) : ''}`, words.loading);
  if (!found) return;
  options = found;
  field('persons').max = found.max_persons;
  fill('product', found.products, product, words.choose);
  const [only] = found.locations.length === 1 ? found.locations : [];
  fill('location', found.locations, only?.id ?? kept.location, words.choose);
  for (const name of ['location', 'day']) field(name).disabled = !found.locations.length;
  $('booking-phone-part').hidden = !found.asks.includes('phone');
  if (product && !found.locations.length) say($('booking-location-error'), words.nowhere);
  await loadDays(kept);
}

function fill(name, items, chosen, first) {
  field(name).replaceChildren(h('option', { value: '' }, first), ...items.map((item) => h('option', { value: item.id }, placeOf(item))));
  field(name).value = items.some(({ id }) => id === chosen) ? chosen : '';
}

const placeOf = ({ name, address, city }) => [name, address, city].filter(Boolean).join(', ');

async function loadDays(kept = values()) {
  days = [];
  showTimes([]);
  $('booking-days').replaceChildren();
  if (!field('location').value) return;
  const found = await ask(`/api/appointments/days?${wanted(values())}`, words.searching);
  if (!found) return;
  ({ days } = found);
  [field('day').min, field('day').max] = [days[0] ?? '', days.at(-1) ?? ''];
  const quick = (day) => h('button', { type: 'button', class: 'secondary small', onclick: () => pick(day) }, dayWords(day));
  $('booking-days').replaceChildren(...(days.length ? [h('span', {}, words.first), ...days.slice(0, DAYS_SHOWN).map(quick)] : [words.full]));
  await loadTimes(kept);
}

function pick(day) {
  field('day').value = day;
  keep();
  loadTimes();
}

async function loadTimes(kept = values()) {
  const { day } = values();
  showTimes([]);
  say($('booking-day-error'), '');
  if (!day || !days.length) return;
  if (!days.includes(day)) return void say($('booking-day-error'), words.noRoom(dayWords(days.find((one) => one > day) ?? days.at(-1))));
  const found = await ask(`/api/appointments/times?${wanted(values())}`, words.searching);
  if (!found) return;
  showTimes(found.times, kept.time);
  if (!found.times.length) say($('booking-day-error'), words.taken);
}

function showTimes(times, chosen) {
  $('booking-times-part').hidden = !times.length;
  $('booking-times').replaceChildren(...times.map((time) => h('label', { class: 'choice' },
    h('input', { type: 'radio', name: 'time', value: time, checked: time === chosen }), time)));
}

function clear() {
  for (const node of form.querySelectorAll('.error')) if (node.id !== 'booking-state') say(node, '');
  for (const node of form.querySelectorAll('[aria-invalid]')) node.removeAttribute('aria-invalid');
}

/** Says what is missing, and goes to the first of it. */
function complete() {
  const now = values();
  const persons = Number(now.persons);
  const missing = [
    !now.product && 'product', !(Number.isInteger(persons) && persons >= 1 && persons <= options.max_persons) && 'persons',
    !now.location && 'location', !now.day && 'day', !now.time && 'time', !now.name.trim() && 'name',
    options.asks.includes('phone') && !now.phone.trim() && 'phone',
  ].filter(Boolean);
  clear();
  for (const name of missing) {
    say($(`booking-${name}-error`), name === 'persons' ? words.persons(options.max_persons) : words.missing[name]);
    field(name)?.setAttribute('aria-invalid', 'true');
  }
  if (!missing.length) return true;
  const [first] = missing;
  if (first !== 'time') field(first).focus();
  else (form.querySelector('[name=time]') ?? field('day')).focus();
  return false;
}

function check(shown) {
  $('booking-fields').hidden = shown;
  $('booking-check').hidden = !shown;
  $('booking-back').hidden = !shown;
  say($('booking-submit'), shown ? words.book : words.check);
  if (!shown) return;
  keep();
  $('booking-facts').replaceChildren(...facts().flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
  $('booking-title').focus();
}

function facts() {
  const now = values();
  const product = options.products.find(({ id }) => id === now.product);
  const location = options.locations.find(({ id }) => id === now.location);
  return [
    [words.facts.product, product.name], [words.facts.persons, now.persons], [words.facts.location, placeOf(location)],
    [words.facts.when, `${dayWords(now.day)}, ${now.time} uur`], [words.facts.name, now.name.trim()],
    [words.facts.phone, options.asks.includes('phone') && now.phone], [words.facts.email, now.email.trim()],
    [words.facts.bring, product.bring?.join(', ')],
  ].filter(([, value]) => value);
}

async function book(done, notice) {
  const which = conv;
  const { cid, product, persons, location, day, time, name, phone, email } = read(`booking:${which}`);
  const body = { cid, product, persons: Number(persons), location, start: `${day}T${time}`, name, email };
  await pressed($('booking-submit'), async () => {
    say($('booking-error'), '');
    state(words.booking);
    const made = await post(address(which, '/appointment'), options.asks.includes('phone') ? { ...body, phone } : body);
    forgetBooking(which);
    if (which === conv) $('booking').close();
    done(words.done(made.reference));
  }, (why, error) => (which === conv ? failed(why, error) : notice(why)));
  if (which === conv) state('');
}

/** Nothing that was filled in is lost. A time that is gone is chosen anew; an answer that was lost is asked again with the same `cid`. */
async function failed(why, error) {
  const again = error.passing || error.kind === 'outcome_unknown';
  if (!again) check(false);
  if (error.kind === 'slot_taken') await loadTimes({ ...values(), time: '' });
  say($('booking-error'), why);
  if (!again) (form.querySelector('[name=time]:enabled') ?? field('day')).focus();
}
