"""The agents' desk: one page where people take over from the bot, over the same log and with the same numbers as the citizen.

`app.setup(app, services, feed)` adds everything under /desk. Hooks for browser tests, kept stable:

- Sign-in: labels "Gebruikersnaam" and "Wachtwoord", button "Inloggen"; a refusal is `role=alert`.
- Lists: `data-testid` queue, mine and closed; a row is a button `[data-testid=row][data-conv=<id>]`; empty lists show
  `[data-testid=queue-empty]`, `mine-empty`, `closed-empty`; button "Volgende aannemen" claims the longest wait.
- Conversation: `data-testid=conversation` with `data-mode` none, waiting, mine, closed or lost; the log is `role=log` named
  "Gesprek"; a message is `[data-testid=message][data-from=citizen|bot|agent|system]`, one of the agent's own that is on its way
  has `data-state` sending, failed or refused; other events are `[data-testid=event][data-state=queued|assigned|closed|…]`;
  `[data-testid=typing]` shows that the citizen is writing.
- Acts: buttons "Aannemen", "Versturen", "Afsluiten", "Opnieuw proberen"; text field "Bericht aan de inwoner"; the dialog
  "Gesprek afsluiten" has radios with the labels of bot.desk.words.OUTCOMES, field "Notitie (niet verplicht)" and button
  "Gesprek afsluiten".
- Context: `data-testid=context`, with `context-topic`, `context-summary`, `context-zaak`.
- Bar: select "Status", buttons "Geluid", "Meldingen", "Uitloggen"; `data-testid=connection` has `data-state` connecting, live or
  lost; `data-testid=notice` shows what an agent must know, such as that a colleague was first.
"""
