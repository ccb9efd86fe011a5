const page = document.getElementById('page');
const panel = document.getElementById('panel');
const body = panel.querySelector('.panel-body');
const place = panel.querySelector('.panel-place');
const wide = matchMedia('(min-width: 64rem)');
const plans = JSON.parse(document.getElementById('plans').textContent);
let current = null;

const rowOf = (anchor) => document.getElementById(`row-${anchor}`);
const visibleRows = () =>
  [...document.querySelectorAll('a.ending')].filter((row) => row.checkVisibility());

function show(anchor, { focus }) {
  const text = anchor && document.getElementById(`plan-${anchor}`);
  if (!text) return hide({ focus: false });
  mark(current, false);
  current = anchor;
  body.innerHTML = text.textContent;
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add('has-panel');
  page.inert = !wide.matches;
  mark(anchor, true);
  if (focus || !wide.matches) body.querySelector('h2').focus({ preventScroll: true });
}

function hide({ focus }) {
  if (current === null) return;
  const row = rowOf(current);
  mark(current, false);
  current = null;
  panel.hidden = true;
  page.inert = false;
  document.body.classList.remove('has-panel');
  body.replaceChildren();
  if (focus) row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

function mark(anchor, on) {
  const row = anchor === null ? null : rowOf(anchor);
  if (!row) return;
  if (!on) return row.removeAttribute('aria-current');
  row.setAttribute('aria-current', 'true');
  row.closest('details').open = true;
  row.scrollIntoView({ block: 'nearest' });
  const rows = visibleRows();
  const index = rows.indexOf(row);
  place.textContent = index < 0 ? '' : `${index + 1} of ${rows.length}`;
}

function follow({ focus }) {
  const anchor = decodeURIComponent(location.hash.slice(1));
  if (anchor !== current) show(anchor, { focus });
}

/** Moves by one ending without adding to the browser's history. */
function step(by) {
  page.inert = false;
  const rows = visibleRows();
  const here = current === null ? document.activeElement : rowOf(current);
  const index = rows.indexOf(here);
  const from = index < 0 && by < 0 ? rows.length : index;
  const row = rows[Math.min(rows.length - 1, Math.max(0, from + by))];
  if (!row) return;
  const inMap = wide.matches && !panel.contains(document.activeElement);
  history.replaceState(null, '', row.hash);
  follow({ focus: false });
  if (inMap) row.focus({ preventScroll: true });
}

function close() {
  history.replaceState(null, '', location.pathname + location.search);
  hide({ focus: true });
}

let byKeyboard = false;
document.addEventListener('click', (event) => {
  byKeyboard = event.detail === 0;
  if (event.target.closest('[data-close]')) return close();
  const stepper = event.target.closest('[data-step]');
  if (stepper) return step(Number(stepper.dataset.step));
  const copy = event.target.closest('[data-copy]');
  if (copy) return copyPlan(copy);
  // A click on the ending that is open already changes no hash, yet asks for its panel.
  const link = event.target.closest('a.ending');
  if (link && link.id === `row-${current}` && byKeyboard) body.querySelector('h2').focus();
});

addEventListener('hashchange', () => {
  follow({ focus: byKeyboard || panel.contains(document.activeElement) });
  byKeyboard = false;
});

wide.addEventListener('change', () => {
  page.inert = current !== null && !wide.matches;
});

const STEPS = { j: 1, k: -1 };
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const typing = event.target.closest('input:not([type=checkbox]), select, textarea');
  if (event.key === 'Escape') {
    if (typing) return typing.blur();
    if (current !== null) close();
    return;
  }
  if (typing) return;
  const by = STEPS[event.key] ?? (event.target.closest('a.ending') ? ARROWS[event.key] : undefined);
  if (by !== undefined) {
    event.preventDefault();
    step(by);
  } else if (event.key === '/' && !page.inert) {
    event.preventDefault();
    document.querySelector('#filters [type=search]').focus();
  }
});

const planText = (data) => JSON.stringify(plans[data.dataset.plan], null, 2);

body.addEventListener(
  'toggle',
  (event) => {
    if (!event.target.matches('.data')) return;
    event.target.querySelector('pre').textContent = planText(event.target);
  },
  true,
);

async function copyPlan(button) {
  const data = button.closest('.data');
  try {
    await navigator.clipboard.writeText(planText(data));
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(data.querySelector('pre'));
    button.textContent = 'Selected: press Ctrl+C';
  }
}

follow({ focus: false });
