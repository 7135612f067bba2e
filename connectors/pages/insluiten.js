/** Builds the code while one chooses: the server makes it, as it does without scripts, and this only asks for it. */
const PAUSE = 250;
const form = document.getElementById('opties');
const code = document.getElementById('code');
const copy = document.getElementById('kopieer');
const copied = document.getElementById('gekopieerd');
let timer = 0;
let asked = 0;

document.getElementById('maak').hidden = true;
copy.hidden = false;

form.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(build, PAUSE);
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  build();
});
copy.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(code.textContent);
    copied.textContent = 'Gekopieerd.';
  } catch {
    getSelection().selectAllChildren(code); // one key away from copying
    copied.textContent = 'Kopiëren mag hier niet. De code is geselecteerd: druk op Ctrl+C.';
  }
});

async function build() {
  clearTimeout(timer);
  copied.textContent = '';
  const mine = (asked += 1);
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  let faults = {};
  try {
    const answer = await fetch(`${form.dataset.code}?${query}`);
    if (mine !== asked) return; // a newer question is under way
    if (answer.status === 422) faults = await answer.json();
    else if (!answer.ok) throw new Error(answer.status);
    else code.textContent = await answer.text();
    history.replaceState(null, '', query.size ? `?${query}` : location.pathname);
  } catch {
    copied.textContent = 'De code kan nu niet worden gemaakt. Probeer het zo opnieuw.';
  }
  if (mine !== asked) return;
  copy.disabled = Object.keys(faults).length > 0;
  for (const field of form.querySelectorAll('[name]')) {
    document.getElementById(`${field.name}-fout`).textContent = faults[field.name] ?? '';
    if (faults[field.name]) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  }
}
