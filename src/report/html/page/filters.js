const form = document.getElementById('filters');
const map = document.getElementById('map');
const shownCount = map.querySelector('[data-shown]');
const nothing = map.querySelector('.nothing');
const fold = form.querySelector('[data-fold]');
const counters = [...form.querySelectorAll('[data-verdict]')];

const groups = [...map.querySelectorAll('.group')].map((element) => ({
  element,
  routes: [...element.querySelectorAll('.route')].map((route) => ({
    element: route,
    ...route.dataset,
    endings: [...route.querySelectorAll('li')].map((item) => ({ element: item, ...item.dataset })),
  })),
}));

function apply() {
  const data = new FormData(form);
  // An id as it is printed elsewhere has ` › ` between its parts.
  const words = String(data.get('text'))
    .toLowerCase()
    .split(/[\s›]+/)
    .filter(Boolean);
  const verdicts = new Set(data.getAll('verdict'));
  const wanted = {
    method: data.get('method'),
    kind: data.get('kind'),
    unproven: data.has('unproven'),
    words,
  };
  const counts = new Map();
  let shown = 0;
  for (const group of groups) {
    let groupShown = 0;
    for (const route of group.routes) {
      let routeShown = 0;
      for (const ending of route.endings) {
        const fits = matches(route, ending, wanted);
        if (fits) counts.set(ending.verdict, (counts.get(ending.verdict) ?? 0) + 1);
        const visible = fits && (verdicts.size === 0 || verdicts.has(ending.verdict));
        ending.element.hidden = !visible;
        if (visible) routeShown += 1;
      }
      route.element.hidden = routeShown === 0;
      groupShown += routeShown;
    }
    group.element.hidden = groupShown === 0;
    shown += groupShown;
  }
  shownCount.textContent = String(shown);
  nothing.hidden = shown > 0;
  for (const counter of counters) {
    counter.textContent = String(counts.get(counter.dataset.verdict) ?? 0);
  }
}

function matches(route, ending, wanted) {
  if (wanted.method && route.method !== wanted.method) return false;
  if (wanted.kind && route.kind !== wanted.kind) return false;
  if (wanted.unproven && ending.verdict === 'proven') return false;
  return wanted.words.every((word) => route.text.includes(word) || ending.text.includes(word));
}

const routes = () => [...map.querySelectorAll('.route')];

function nameFold() {
  fold.textContent = routes().some((route) => route.open) ? 'Collapse all' : 'Expand all';
}

form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => setTimeout(apply));
fold.addEventListener('click', () => {
  const open = !routes().some((route) => route.open);
  for (const route of routes()) route.open = open;
});
map.addEventListener('toggle', nameFold, true);
nameFold();
// A browser that restores form fields on reload has filters set before this runs.
apply();
