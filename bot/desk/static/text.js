/** Every Dutch sentence that the scripts of the desk show. Short, level B1, "u". */
export const text = {
  // Connection
  live: 'Verbonden',
  lost: 'Geen verbinding. We proberen het opnieuw…',
  trouble: 'De gegevens zijn nu niet bereikbaar. U ziet hoe het net was.',
  signedOut: 'U bent uitgelogd.',
  signIn: 'Opnieuw inloggen',
  failed: 'Dat lukte niet. Controleer uw verbinding en probeer het opnieuw.',
  dismiss: 'Sluiten',

  // Lists
  queueEmpty: 'Niemand wacht. Een nieuw gesprek verschijnt hier vanzelf.',
  mineEmpty: 'U hebt geen gesprekken.',
  closedEmpty: 'Nog geen afgesloten gesprekken.',
  waits: (time) => `wacht ${time}`,
  long: 'wacht lang',
  answerDue: 'Antwoord nodig',
  newConversation: (topic) => `Nieuw in de wachtrij: ${topic}`,
  newMessage: (topic) => `Nieuw bericht: ${topic}`,
  staff: (available) =>
    available === 0 ? 'Niemand neemt nu gesprekken aan.' : available === 1 ? 'Alleen u neemt gesprekken aan.' : '',
  staffOthers: (available) => `${available} ${available === 1 ? 'medewerker neemt' : 'medewerkers nemen'} gesprekken aan.`,
  last: { citizen: 'Inwoner', bot: 'Assistent', agent: 'Medewerker' },

  // Conversation
  loading: 'Gesprek laden…',
  noConversation: 'Geen gesprek geopend',
  choose: 'Kies links een gesprek.',
  chooseMore: 'U kunt een wachtend gesprek eerst lezen. De inwoner ziet dat niet. Neem het aan om te antwoorden.',
  notOpened: 'Dit gesprek kan niet worden geopend',
  mode: {
    waiting: 'U leest mee. Neem het gesprek aan om te antwoorden.',
    closed: 'Dit gesprek is afgesloten.',
    mine: '',
    none: '',
    lost: '',
  },
  claimed: 'U hebt het gesprek aangenomen.',
  closed: 'Het gesprek is afgesloten.',
  citizen: 'Inwoner',
  bot: 'Assistent',
  agent: 'Medewerker',
  system: 'Systeem',
  you: 'U',
  typing: 'De inwoner is aan het typen…',
  hidden: 'Verborgen: dit was privé en is niet bewaard.',
  removed: 'Dit bericht is verwijderd.',
  unsure: { fallback: 'Niet begrepen', clarify: 'Vroeg door', suggested: 'Gaf een keuze', refused: 'Buiten bereik' },
  note: (name) => `Notitie van ${name}, alleen voor collega’s`,
  erased: 'Dit gesprek bestaat niet meer.',
  event: {
    offered: () => 'De assistent bood een medewerker aan.',
    queued: ({ reason, position }) =>
      reason === 'agent_gone' ? 'De medewerker viel weg. De inwoner staat weer in de rij.'
        : position ? `De inwoner wacht op een medewerker, plaats ${position} in de rij.` : 'De inwoner wacht op een medewerker.',
    assigned: ({ agent }) => `${agent?.name ?? 'Een medewerker'} heeft het gesprek aangenomen.`,
    transferred: ({ agent }) => `Het gesprek is doorgegeven aan ${agent?.name ?? 'een collega'}.`,
    unavailable: () => 'Er was geen medewerker beschikbaar.',
    returned: () => 'De inwoner wacht niet meer.',
    closed: ({ agent, label }) => `${agent?.name ?? 'Een medewerker'} heeft het gesprek afgesloten: ${label}.`,
  },
  parts: {
    choices: 'Keuzes',
    date: 'Vroeg een datum',
    time: 'Vroeg een tijd',
    form: (labels) => `Vroeg om: ${labels}`,
    case: 'Zaak',
    step: (step, steps) => `stap ${step} van ${steps}`,
    appointment: 'Afspraak',
    newTab: ' (opent in een nieuw tabblad)',
  },

  // Sending
  sending: 'Bezig met versturen…',
  sent: 'Verstuurd',
  notSent: 'Niet verstuurd.',
  again: 'Opnieuw proberen',
  discard: 'Verwijderen',
  empty: 'Typ eerst een bericht.',
  counter: (used, limit) => `${used} van ${limit} tekens.`,
  tooLong: (used, limit) => `Uw bericht is te lang: ${used} van ${limit} tekens. Maak het korter.`,
  masked: 'Er stond een nummer in dat op een BSN of rekeningnummer lijkt. Dat is verborgen.',
  outcomeMissing: 'Kies eerst hoe het gesprek is afgelopen.',

  // Context
  facts: {
    topic: 'Onderwerp', summary: 'Samenvatting', reason: 'Waarom een medewerker', zaaknummer: 'Zaaknummer', channel: 'Kanaal',
    locale: 'Taal', waiting: 'Wacht sinds', queued: 'Vroeg om een medewerker', started: 'Gesprek begon', agent: 'Medewerker',
  },
  languages: { nl: 'Nederlands', en: 'Engels', de: 'Duits', fr: 'Frans', tr: 'Turks', ar: 'Arabisch', pl: 'Pools', uk: 'Oekraïens' },
  noSummary: 'Geen samenvatting. Lees het gesprek hiernaast.',

  // Alerts
  title: 'Balie-desk',
  blocked: 'Uw browser staat meldingen niet toe. U kunt dat wijzigen in de instellingen van uw browser.',
  leaving: (count) =>
    `U hebt nog ${count} ${count === 1 ? 'gesprek' : 'gesprekken'}. Als u uitlogt, ${count === 1 ? 'gaat dat' : 'gaan die'} terug naar de wachtrij.`,
};

const AT_HOME = { timeZone: 'Europe/Amsterdam' };
const clock = new Intl.DateTimeFormat('nl-NL', { hour: '2-digit', minute: '2-digit', ...AT_HOME });
const dayKey = new Intl.DateTimeFormat('sv-SE', AT_HOME);
const dayName = new Intl.DateTimeFormat('nl-NL', { weekday: 'long', day: 'numeric', month: 'long', ...AT_HOME });
const fullDay = new Intl.DateTimeFormat('nl-NL', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', ...AT_HOME });

export const timeOf = (at) => clock.format(new Date(at));
export const dayOf = (at) => dayKey.format(new Date(at));
export const dayWords = (at) => dayName.format(new Date(at));
export const moment = (at) => `${fullDay.format(new Date(at))}, ${timeOf(at)} uur`;
/** "vandaag, 10:05 uur", else with the day. */
export const when = (at) => (dayOf(at) === dayOf(Date.now()) ? `vandaag, ${timeOf(at)} uur` : moment(at));
/** "10:05" today, else "24 nov. 10:05". */
export function shortMoment(at) {
  if (dayOf(at) === dayOf(Date.now())) return timeOf(at);
  return new Intl.DateTimeFormat('nl-NL', { day: 'numeric', month: 'short', ...AT_HOME }).format(new Date(at));
}

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
