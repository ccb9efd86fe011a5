// The choice of light or dark is kept per browser; where storage is refused it lasts for the visit.
const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');

function stored() {
  try {
    return localStorage.getItem('statewright-theme');
  } catch {
    return null;
  }
}

function keep(theme) {
  try {
    localStorage.setItem('statewright-theme', theme);
  } catch {
    return;
  }
}

const chosen = stored();
if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;

document.addEventListener('click', (event) => {
  if (!event.target.closest('#theme')) return;
  const current = root.dataset.theme ?? (dark.matches ? 'dark' : 'light');
  root.dataset.theme = current === 'dark' ? 'light' : 'dark';
  keep(root.dataset.theme);
});
