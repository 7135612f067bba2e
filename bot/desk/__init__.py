"""The agents' desk: one page where people take over from the bot, over the same log and with the same numbers as the citizen.

`app.setup(app, services, feed)` adds everything under /desk. Hooks for browser tests, kept stable:

- Sign-in: labels "Gebruikersnaam" and "Wachtwoord", button "Inloggen"; a refusal is `role=alert`.
- Lists: `data-testid` queue, mine, team and closed; a row is a button `[data-testid=row][data-conv=<id>][data-reference]`, or no
  button when this person may not open it; empty lists show `[data-testid=queue-empty]`, `mine-empty`, `team-empty`,
  `closed-empty`; button "Volgende aannemen" claims the one whose turn it is, and `next-why` says why it can't.
- Search: field "Zoeken" (key F); results are rows in `[data-testid=found]` with the words in `<mark>`; `found-state` says how
  many, none, or what went wrong; button "Terug naar de lijsten" or Escape brings the lists back.
- Parts: links `to-talk`, `to-tasks`, `to-overview`, `to-answers`, `to-audit` (keys 1 to 5, as far as the roles go) show
  `[data-testid=tasks|overview|answers|audit]`. Call-backs: `[data-testid=task][data-reference]` with "Ik bel", "Niet bereikt",
  "Teruggeven" and "Klaar…" (dialog "Terugbelverzoek afronden"), `tasks-trouble`, `tasks-state`. Team: `level`, `queues`,
  `agents`, and `[data-testid=moving][data-conv]` with "Toewijzen". Log: `audit-entry`, `audit-state`, `unwritten-task`.
  Answers: `library-answer`.
- Conversation: `data-testid=conversation` with `data-mode` none, waiting, mine, team, closed or lost; the log is `role=log` named
  "Gesprek"; a message is `[data-testid=message][data-from=citizen|bot|agent|system]`, one of the agent's own that is on its way
  has `data-state` sending, failed or refused; other events are `[data-testid=event][data-state=queued|assigned|closed|…]`;
  `[data-testid=typing]` shows that the citizen is writing.
- Acts: buttons "Aannemen", "Versturen", "Afsluiten", "Opnieuw proberen"; text field "Bericht aan de inwoner"; the dialog
  "Gesprek afsluiten" has radios with the labels of bot.desk.words.OUTCOMES, field "Notitie (niet verplicht)" and button
  "Gesprek afsluiten".
- Writing: radios "Aan de inwoner" and "Notitie (alleen collega’s)"; the field is then named "Bericht aan de inwoner" or "Notitie
  voor collega’s", the button "Versturen" or "Notitie opslaan". `[data-testid=hold]` asks about a blank such as [naam] that was
  left, with "Invullen" and "Zo versturen". `[data-testid=read]` says "Gelezen"; `[data-testid=here]` whether the citizen is.
- Answers: "/" on an empty line, Ctrl+K or "Antwoord invoegen" opens the dialog "Antwoord invoegen" with a combobox and options
  `[data-testid=answer]`, and `palette-preview`. Suggestions: `[data-testid=suggestion]` with "Invoegen", "Alles lezen",
  "Versturen"; "Verbergen van de voorstellen".
- More acts: "Notitie", "Doorgeven" and "Toewijzen" (dialog `#transfer`: radios with teams and colleagues, "Notitie voor wie het
  overneemt (niet verplicht)"), "Afspraak maken" (dialog `booking`: "Controleren", "Afspraak vastleggen"); in "Gesprek afsluiten"
  also "Afgesproken met de inwoner (niet verplicht)". What can be taken back: `[data-testid=pending]` with "Ongedaan maken".
- Context: `data-testid=context`, with `context-topic`, `context-summary`, `context-zaak`, `context-form`, `context-reference`,
  and the lists `context-asked`, `context-unsure`, `context-zaken`, `context-appointments`, `context-earlier`.
- Keys: `static/shortcuts.js`; the dialog "Sneltoetsen" (button "Sneltoetsen en voorkeuren") lists them and turns them off.
- Bar: select "Status" (and above the own conversations `#limit`), buttons "Uitleg over beschikbaar zijn", "Geluid", "Meldingen",
  "Uitloggen"; `data-testid=news` shows what is new for a moment; `data-testid=connection` has `data-state` connecting, live or
  lost; `data-testid=notice` shows what an agent must know, such as that a colleague was first.
"""
