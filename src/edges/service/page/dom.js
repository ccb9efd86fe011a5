/** An element with attributes and children; strings become text, never markup. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

/** A table; its roles are said, as on a phone it is laid out as none. */
export function table(heads, rows) {
  const head = el(
    'thead',
    { role: 'rowgroup' },
    el(
      'tr',
      { role: 'row' },
      heads.map((text) => el('th', { scope: 'col', role: 'columnheader' }, text)),
    ),
  );
  const body = rows.map((cells) =>
    el(
      'tr',
      { role: 'row' },
      cells.map((cell, at) =>
        el('td', { role: 'cell', 'data-head': heads[at] }, el('div', {}, cell)),
      ),
    ),
  );
  return el(
    'div',
    { class: 'scroller' },
    el('table', { role: 'table' }, head, el('tbody', { role: 'rowgroup' }, body)),
  );
}

export function facts(entries) {
  return el(
    'dl',
    { class: 'facts-list' },
    entries.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );
}

/** Puts words where a screen reader says them. */
export function say(words) {
  document.querySelector('#says').textContent = words;
}

/** Runs what a person asked for; what goes wrong is said, with what to do. */
export function attempt(work) {
  return async (event) => {
    event?.preventDefault();
    const button = event?.submitter ?? event?.currentTarget;
    if (button?.disabled !== undefined) button.disabled = true;
    say('');
    try {
      await work(event);
    } catch (error) {
      say(error.message);
    } finally {
      if (button?.disabled !== undefined) button.disabled = false;
    }
  };
}

export const when = (instant) => new Date(instant).toLocaleString();

/** How long until an instant, in words. */
export function left(instant) {
  const seconds = Math.max(0, Math.round((new Date(instant) - Date.now()) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (seconds === 0) return 'over';
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}
