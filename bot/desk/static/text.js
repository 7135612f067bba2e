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
  counter: (used, limit) => `${used} van ${limit} tekens.`,
  tooLong: (used, limit) => `Uw bericht is te lang: ${used} van ${limit} tekens. Maak het korter.`,
  masked: 'Er stond een nummer in dat op een BSN of rekeningnummer lijkt. Dat is verborgen.',
  outcomeMissing: 'Kies eerst hoe het gesprek is afgelopen.',

  // Context
  facts: {
    topic: 'Onderwerp', summary: 'Samenvatting', reason: 'Waarom een medewerker', zaaknummer: 'Zaaknummer', channel: 'Kanaal',
    locale: 'Taal', waiting: 'Wacht sinds', queued: 'Kwam in de rij', started: 'Begon', agent: 'Medewerker',
  },
  languages: { nl: 'Nederlands', en: 'Engels', de: 'Duits', fr: 'Frans', tr: 'Turks', ar: 'Arabisch', pl: 'Pools', uk: 'Oekraïens' },
  noSummary: 'Geen samenvatting. Lees het gesprek hiernaast.',

  // Alerts
  title: 'Balie-desk',
  blocked: 'Uw browser staat meldingen niet toe. U kunt dat wijzigen in de instellingen van uw browser.',
  leaving: (count) =>
    `U hebt nog ${count} ${count === 1 ? 'gesprek' : 'gesprekken'}. Als u uitlogt, ${count === 1 ? 'gaat dat' : 'gaan die'} terug naar de wachtrij.`,
};

/** Sentences of the conversation pane, its dialogs and the context beside it. */
export const pane = {
  read: 'Gelezen',
  passed: 'U hebt dit gesprek doorgegeven',
  edit: 'Bewerken',
  here: {
    open: 'De inwoner is er',
    gone: (time) => `De inwoner is er niet meer sinds ${time}`,
    away: 'De inwoner heeft de pagina dicht',
    kept: 'Uw bericht blijft bewaard: de inwoner ziet het bij de volgende keer.',
  },
  mode: {
    waiting: 'U leest mee. Neem het gesprek aan om te antwoorden.',
    team: (name) => `U leest mee. ${name || 'Een collega'} heeft dit gesprek.`,
    closed: 'Dit gesprek is afgesloten.',
    pending: { close: 'U sluit dit gesprek af. Het kan nog terug.', team: 'U geeft dit gesprek door. Het kan nog terug.', agent: 'U geeft dit gesprek door. Het kan nog terug.' },
  },
  composer: {
    reply: { label: 'Bericht aan de inwoner', submit: 'Versturen', enter: 'verstuurt', who: '', empty: 'Typ eerst een bericht.' },
    note: {
      label: 'Notitie voor collega’s', submit: 'Notitie opslaan', enter: 'slaat op', who: 'De inwoner ziet dit niet.', empty: 'Typ eerst een notitie.',
    },
    hold: (blank) => `In uw bericht staat nog ${blank}. Vul dat eerst in. Of verstuurt u het zo?`,
  },
  palette: {
    kinds: { canned: 'Standaardantwoord', knowledge: 'Kennisbank' },
    loading: 'Antwoorden laden…',
    count: (count) => (count === 1 ? '1 antwoord gevonden.' : `${count} antwoorden gevonden.`),
    none: (words) => (words ? `Niets gevonden voor “${words}”. Probeer een ander woord.` : 'Er zijn nog geen antwoorden.'),
    reviewed: (day) => `Nagekeken op ${day}`,
    source: (host) => `Bron: ${host}`,
  },
  suggestions: {
    news: (count) => (count === 1 ? 'Er is een voorstel voor een antwoord.' : `Er zijn ${count} voorstellen voor een antwoord.`),
    insert: 'Invoegen', send: 'Versturen', all: 'Alles lezen', source: 'Bron',
  },
  statuses: { available: 'Beschikbaar', busy: 'Bezet', break: 'Pauze' },
  transfer: {
    title: 'Gesprek doorgeven', submit: 'Doorgeven', assign: 'Toewijzen', missing: 'Kies eerst een team of een collega.',
    full: 'Heeft het vol', has: (busy, limit) => (limit ? `${busy} van ${limit} gesprekken` : `${busy} ${busy === 1 ? 'gesprek' : 'gesprekken'}`),
    done: (name) => `Het gesprek is doorgegeven aan ${name}.`,
  },
  booking: {
    loading: 'Laden…', searching: 'Vrije momenten zoeken…', booking: 'De afspraak wordt vastgelegd…', choose: 'Kies…',
    check: 'Controleren', book: 'Afspraak vastleggen',
    first: 'Eerste vrije dagen: ', full: 'Er zijn hier de komende tijd geen vrije momenten. Kies een andere locatie.',
    nowhere: 'Dit kan op geen enkele locatie. Kies iets anders, of minder personen.',
    noRoom: (day) => `Op deze dag is er geen plaats. Op ${day} wel.`,
    taken: 'Op deze dag is er geen plaats meer. Kies een andere dag.',
    persons: (most) => `Vul een aantal van 1 tot en met ${most} in.`,
    missing: {
      product: 'Kies waarvoor de afspraak is.', location: 'Kies een locatie.', day: 'Kies een dag.', time: 'Kies een tijd.',
      name: 'Vul de naam van de inwoner in.', phone: 'Vul het telefoonnummer van de inwoner in.',
    },
    facts: {
      product: 'Waarvoor', persons: 'Aantal personen', location: 'Locatie', when: 'Wanneer', name: 'Naam', phone: 'Telefoon',
      email: 'E-mail', bring: 'Meenemen',
    },
    done: (reference) => `De afspraak ${reference} is gemaakt. De inwoner ziet de bevestiging in het gesprek.`,
  },
  undo: {
    button: 'Ongedaan maken',
    acts: { close: 'wordt afgesloten', team: 'wordt doorgegeven', agent: 'wordt doorgegeven' },
    seconds: (left) => `over ${left} ${left === 1 ? 'seconde' : 'seconden'}`,
    news: (act, seconds) => `Het gesprek ${act} over ${seconds} seconden. Ongedaan maken kan met Control Z.`,
    undone: 'Ongedaan gemaakt. Het gesprek is weer van u.',
    stopped: (topic) => `De inwoner schreef nog iets. Het gesprek “${topic}” blijft daarom bij u.`,
  },
  event: {
    offered: () => 'De assistent bood een medewerker aan.',
    queued: ({ reason, position, team }) =>
      reason === 'agent_gone' ? 'De medewerker viel weg. De inwoner staat weer in de rij.'
        : `De inwoner wacht op ${team ? `het team ${team}` : 'een medewerker'}${position ? `, plaats ${position} in de rij` : ''}.`,
    assigned: ({ agent }) => `${agent?.name ?? 'Een medewerker'} heeft het gesprek aangenomen.`,
    transferred: ({ agent, team }) => `Het gesprek is doorgegeven aan ${agent?.name ?? (team ? `het team ${team}` : 'een collega')}.`,
    unavailable: () => 'Er was geen medewerker beschikbaar.',
    returned: ({ outcome }) => (outcome === 'other_way' ? 'De inwoner koos een andere manier.' : 'De inwoner wacht niet meer.'),
    closed: ({ agent, label, agreed }) =>
      `${agent?.name ?? 'Een medewerker'} heeft het gesprek afgesloten: ${label}.${agreed ? ` Afgesproken: ${agreed}` : ''}`,
  },
  context: {
    reference: 'Kenmerk', copy: 'Kopiëren', copied: 'Gekopieerd', notCopied: 'Kopiëren lukte niet. Selecteer de tekst zelf.',
    team: 'Team', priority: 'Voorrang', crisis: 'Ja, dit kan niet wachten', waits: 'Wacht nu',
    form: 'Ingevuld bij de assistent', zaken: 'Zaken', appointments: 'Afspraken', asked: 'Gevraagd',
    unsure: 'Hier twijfelde de assistent', earlier: 'Eerder met een medewerker', jump: 'Naar dit bericht in het gesprek',
    notThere: 'Dit bericht is niet meer te vinden.',
  },
};

/** Sentences of the left column, the bar and the other parts of the desk. */
export const board = {
  parts: { talk: 'Gesprekken', tasks: 'Terugbellen', overview: 'Team', answers: 'Antwoorden', audit: 'Logboek' },
  talkCount: (waiting, due) => [waiting && `${waiting} ${waiting === 1 ? 'wacht' : 'wachten'}`, due && `${due} keer antwoord nodig`].filter(Boolean).join(', '),
  taskCount: (open) => `${open} open`,
  again: 'Opnieuw proberen',
  lists: {
    teamEmpty: 'Uw collega’s hebben geen gesprekken.',
    gone: 'Niet meer in deze lijst',
    urgent: 'Spoed',
    fresh: 'Nieuw',
    away: 'Inwoner is weg',
    noSummary: 'Nog geen samenvatting',
    usual: ['Website', 'Vroeg om een medewerker'],
    pending: { close: 'Wordt afgesloten…', team: 'Wordt doorgegeven…', agent: 'Wordt doorgegeven…' },
    noNext: {
      lost: 'Er is geen verbinding.',
      empty: 'Er wacht niemand.',
      break: 'U hebt pauze. Zet uw status op Beschikbaar.',
      full: (has, limit) => `U hebt ${has} van ${limit} gesprekken. Sluit er eerst een af.`,
    },
  },
  search: {
    short: (least) => `Typ ten minste ${least} tekens.`,
    loading: 'Zoeken…',
    none: (query) => `Niets gevonden voor “${query}”. Controleer het kenmerk of zaaknummer, of zoek op een ander woord.`,
    found: (count, more) => more ? `De eerste ${count} gesprekken. Er zijn er meer: zoek preciezer.`
      : count === 1 ? '1 gesprek gevonden.' : `${count} gesprekken gevonden.`,
    where: { waiting: 'Wacht', mine: 'Van u', team: 'Bij een collega', closed: 'Afgesloten' },
  },
  presence: {
    available: 'U neemt gesprekken aan. Inwoners zien dat er iemand is, en u telt mee voor de wachttijd.',
    busy: 'U werkt verder aan uw eigen gesprekken. U telt niet mee voor de wachttijd. Zelf een gesprek aannemen kan wel.',
    break: 'U neemt geen gesprekken aan en u telt niet mee voor de wachttijd. Uw gesprekken blijven bij u. Sluit u de desk, dan gaan ze kort daarna terug naar de wachtrij.',
  },
  tasks: {
    loading: 'Terugbelverzoeken laden…',
    none: 'Niemand wacht op een telefoontje. Een nieuw verzoek verschijnt hier vanzelf.',
    down: 'Het contactregister is nu niet bereikbaar. Misschien missen er verzoeken. We blijven het proberen.',
    unwritten: (count) => `${count} ${count === 1 ? 'verzoek staat' : 'verzoeken staan'} nog niet in het register. Dat gaat vanzelf; bellen kan al.`,
    noName: 'Geen naam opgegeven',
    noPhone: 'Geen telefoonnummer opgegeven',
    noTopic: 'Vraag zonder onderwerp',
    when: 'Wanneer:',
    anyTime: 'maakt niet uit',
    zaak: (number) => `Zaak ${number}`,
    since: (moment) => `gevraagd ${moment}`,
    conversation: 'Lees het gesprek',
    copy: 'Kopiëren',
    copyWhat: (name) => `telefoonnummer van ${name}`,
    copied: (phone) => `Gekopieerd: ${phone}`,
    copiedShort: 'Gekopieerd',
    notCopied: 'Kopiëren lukte niet. Selecteer het nummer zelf.',
    youCall: 'U belt',
    calls: (name) => `${name} belt`,
    tries: (count) => `${count} keer niet bereikt`,
    notWritten: 'Nog niet in het register',
    changeNotWritten: 'Laatste wijziging nog niet in het register',
    take: 'Ik bel',
    done: 'Klaar…',
    tried: 'Niet bereikt',
    leave: 'Teruggeven',
    outcomeMissing: 'Kies eerst hoe het is afgelopen.',
    did: {
      take: 'Het verzoek is van u.', leave: 'Het verzoek staat weer open.', tried: 'Genoteerd: niet bereikt.', done: 'Het verzoek is klaar.',
    },
  },
  team: {
    loading: 'Overzicht laden…',
    within: (within, taken, agreed) => `${within} van ${taken} vandaag geholpen binnen ${agreed} ${agreed === 1 ? 'minuut' : 'minuten'}`,
    noneTaken: (agreed) => `Nog niemand geholpen. Afspraak: binnen ${agreed} ${agreed === 1 ? 'minuut' : 'minuten'}`,
    median: 'De helft wachtte korter dan dit',
    longest: 'Langste wachttijd vandaag',
    beyond: (agreed) => `Wachten nu al langer dan ${agreed} ${agreed === 1 ? 'minuut' : 'minuten'}`,
    late: 'te lang',
    nobody: 'Niemand',
    allTeams: 'Alle teams',
    load: (has, limit) => `${has} van ${limit}`,
    statuses: { available: 'Beschikbaar', busy: 'Bezet', break: 'Pauze' },
    inQueue: 'Wachtrij',
    you: 'U',
    move: 'Toewijzen',
  },
  audit: {
    loading: 'Logboek laden…',
    none: 'Geen regels gevonden. Pas uw filter aan.',
    noneYet: 'Nog niets gevonden. Zoek verder terug.',
    shown: (count, all) => (all ? `${count} ${count === 1 ? 'regel' : 'regels'}. Dit is alles.` : `${count} ${count === 1 ? 'regel' : 'regels'}. Er is meer.`),
    days: (days) => `Regels blijven ${days} dagen bewaard.`,
    unknown: 'Onbekend',
    onlyAgent: 'Alleen deze medewerker tonen',
    onlyConv: 'Alleen dit gesprek tonen',
    unwritten: (count) => `${count} ${count === 1 ? 'verzoek moet' : 'verzoeken moeten'} nog naar het contactregister. We proberen het vanzelf opnieuw.`,
    allWritten: 'Alles staat in het contactregister.',
    noProblem: 'Wordt zo geschreven',
    actions: {
      look: 'Bekeek het gesprek', follow: 'Las mee', claim: 'Nam het gesprek aan', claim_lost: 'Wilde aannemen, was te laat',
      say: 'Stuurde een bericht', note: 'Schreef een notitie', close: 'Sloot het gesprek af', transfer: 'Gaf het gesprek door', undo: 'Maakte ongedaan',
      assign: 'Wees het gesprek toe', search: 'Zocht', search_found: 'Vond het gesprek', history: 'Las eerdere berichten',
      lists: 'Bekeek de lijsten', limit: 'Veranderde het aantal tegelijk', presence: 'Veranderde status', login: 'Logde in', logout: 'Logde uit',
      login_refused: 'Inloggen geweigerd', refused: 'Geweigerd', forged: 'Vervalst verzoek geweigerd', audit_read: 'Keek in het logboek',
      team_read: 'Bekeek het team', appointment: 'Maakte een afspraak', book: 'Maakte een afspraak', task_take: 'Nam een terugbelverzoek',
      task_leave: 'Gaf een terugbelverzoek terug', task_tried: 'Belde, niet bereikt', task_done: 'Rondde een terugbelverzoek af',
      tasks_read: 'Bekeek de terugbelverzoeken', read: 'Las de berichten', history: 'Las eerdere berichten', lists: 'Bekeek de lijsten',
      limit: 'Veranderde het aantal gesprekken tegelijk', search_found: 'Vond het gesprek',
    },
    details: { reason: 'reden', seq: 'bericht', outcome: 'uitkomst', status: 'status', team: 'team', to: 'aan', reference: 'kenmerk', count: 'aantal' },
    values: {
      available: 'beschikbaar', busy: 'bezet', break: 'pauze', waiting: 'wachtend', mine: 'eigen', closed: 'afgesloten', account: 'account',
      work: 'werkaccount', password: 'wachtwoord', role: 'rol', 'other municipality': 'andere gemeente', 'other team': 'ander team',
      'colleague has it': 'bij een collega', 'not at the desk': 'niet bij de balie', 'not taken': 'niet aangenomen', team: 'van een collega',
      answers: 'voor een antwoord', suggestions: 'voor een voorstel', opgelost: 'opgelost', doorverwezen: 'doorverwezen',
      afspraak_gemaakt: 'afspraak gemaakt', niet_bereikt: 'niet bereikt', overig: 'iets anders',
      team: 'team', answers: 'antwoorden', suggestions: 'voorstellen', cancelled: 'gestopt', unavailable: 'storing', level: 'niveau te laag',
      claims: 'gegevens ontbreken', 'no role': 'geen rol', 'not taken': 'niet aangenomen',
    },
  },
  answers: {
    loading: 'Zoeken…',
    start: 'Typ een woord om te zoeken.',
    none: (query) => `Niets gevonden voor “${query}”. Probeer een ander woord.`,
    found: (count) => (count === 1 ? '1 antwoord.' : `${count} antwoorden.`),
    kinds: { knowledge: 'Kennisbank', canned: 'Standaardantwoord' },
    source: 'Bron',
    noSource: 'Geen bron',
    reviewed: (day) => `Nagekeken op ${day}`,
    notReviewed: 'Nog niet nagekeken',
  },
  alerts: {
    urgent: (topic) => `Spoed in de wachtrij: ${topic}`,
    given: (topic) => `U kreeg een gesprek: ${topic}`,
  },
  signedOutElsewhere: 'U bent in een ander tabblad uitgelogd.',
};

const AT_HOME = { timeZone: 'Europe/Amsterdam' };
const clock = new Intl.DateTimeFormat('nl-NL', { hour: '2-digit', minute: '2-digit', ...AT_HOME });
const dayKey = new Intl.DateTimeFormat('sv-SE', AT_HOME);
const dayName = new Intl.DateTimeFormat('nl-NL', { weekday: 'long', day: 'numeric', month: 'long', ...AT_HOME });
const fullDay = new Intl.DateTimeFormat('nl-NL', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', ...AT_HOME });

export const timeOf = (at) => clock.format(new Date(at));
export const dayOf = (at) => dayKey.format(new Date(at));
export const dayWords = (at) => dayName.format(new Date(at));
/** "1 november 2026", of a date without a time too */
export const dayWordsFull = (at) => new Intl.DateTimeFormat('nl-NL', { day: 'numeric', month: 'long', year: 'numeric', ...AT_HOME }).format(new Date(at));
export const moment = (at) => `${fullDay.format(new Date(at))}, ${timeOf(at)} uur`;
/** "vandaag, 10:05 uur", else with the day. */
export const when = (at) => (dayOf(at) === dayOf(Date.now()) ? `vandaag, ${timeOf(at)} uur` : moment(at));
/** "10:05" today, else "24 nov. 10:05". */
export function shortMoment(at) {
  if (dayOf(at) === dayOf(Date.now())) return timeOf(at);
  return new Intl.DateTimeFormat('nl-NL', { day: 'numeric', month: 'short', ...AT_HOME }).format(new Date(at));
}

/** "27 nov. 2026, 10:05:12": to the second, for the audit log. */
export const fullMoment = (at) =>
  new Intl.DateTimeFormat('nl-NL', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', ...AT_HOME }).format(new Date(at));

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
