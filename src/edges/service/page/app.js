import { get, key } from './api.js';
import { attempt, el, say } from './dom.js';
import { keys } from './keys.js';
import { model, models } from './models.js';
import { planning } from './planning.js';
import { plannings } from './plannings.js';
import { runs } from './runs.js';

const main = document.querySelector('#main');
const sections = document.querySelector('#sections');
const leave = document.querySelector('#leave');
const VIEWS = { plannings, planning, models, model, runs, keys };
/** The section a view belongs to. */
const SECTIONS = { planning: 'plannings', model: 'models' };

function askForKey() {
  const input = el('input', { type: 'password', autocomplete: 'off', required: true });
  const enter = attempt(async () => {
    key.set(input.value.trim());
    await start();
  });
  main.replaceChildren(
    el('h2', {}, 'Your key'),
    el(
      'p',
      {},
      'The service printed one when it first started; ',
      el('code', {}, 'statewright keys create'),
      ' makes more.',
    ),
    el(
      'form',
      { onsubmit: enter },
      el('label', {}, 'Key', input),
      el('button', { type: 'submit' }, 'Enter'),
    ),
  );
  input.focus();
}

async function start() {
  let own;
  try {
    own = await get('/v1/key');
  } catch (error) {
    if (error.status !== 401) throw error;
    key.clear();
    askForKey();
    say(error.message);
    return;
  }
  document.querySelector('#who').textContent = `${own.name} of ${own.tenant}`;
  document.querySelector('[data-admin]').hidden = !own.scopes.includes('admin');
  sections.hidden = false;
  leave.hidden = false;
  await show();
}

async function show() {
  const [name, id] = location.hash.slice(1).split('/');
  const known = Object.hasOwn(VIEWS, name) ? name : 'plannings';
  for (const link of sections.querySelectorAll('a')) {
    const current = link.hash === `#${SECTIONS[known] ?? known}`;
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  try {
    await VIEWS[known](main, id);
  } catch (error) {
    main.replaceChildren(el('h2', {}, 'This can’t be shown'), el('p', {}, error.message));
    throw error;
  }
}

addEventListener('hashchange', () => {
  if (key.get()) void attempt(show)();
});
leave.addEventListener('click', () => {
  key.clear();
  sections.hidden = true;
  leave.hidden = true;
  document.querySelector('#who').textContent = '';
  askForKey();
});

if (key.get()) void attempt(start)();
else askForKey();
