// Loaded into every document before its own scripts. It knows which short timers are still to come, so
// that "nothing happens any more" need not be guessed from a long silence.
(() => {
  /** A timer that far off, and one at the end of a chain that long, is not waited for. */
  const SOON_MS = 600;
  const CHAIN = 10;
  const LOOK_EVERY_MS = 25;
  const { setTimeout: later, setInterval: repeat, clearTimeout: cancel } = globalThis;
  const due = new Set();
  let level = 0;

  const watched = (schedule) =>
    function scheduled(run, delay, ...given) {
      if (typeof run !== 'function' || delay > SOON_MS || level === CHAIN) {
        return schedule.call(globalThis, run, delay, ...given);
      }
      const own = level + 1;
      const fire = () => {
        due.delete(id);
        const outer = level;
        level = own;
        try {
          run.apply(globalThis, given);
        } finally {
          level = outer;
        }
      };
      const id = schedule.call(globalThis, fire, delay);
      due.add(id);
      return id;
    };
  const cleared = (id) => {
    due.delete(id);
    cancel.call(globalThis, id);
  };
  globalThis.setTimeout = watched(later);
  globalThis.setInterval = watched(repeat);
  globalThis.clearTimeout = cleared;
  globalThis.clearInterval = cleared;

  const isMoving = (animation) => {
    const { endTime } = animation.effect?.getComputedTiming() ?? {};
    return animation.playState === 'running' && endTime - (animation.currentTime ?? 0) <= SOON_MS;
  };
  const isBusy = () => due.size > 0 || document.getAnimations().some(isMoving);

  /** Letters as they are written, whatever case a style shows them in. */
  const plain = new CSSStyleSheet();
  plain.replaceSync('* { text-transform: none !important }');
  const read = () => {
    if (!document.adoptedStyleSheets.includes(plain)) document.adoptedStyleSheets.push(plain);
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden must not count
    return document.body?.innerText ?? '';
  };

  /**
   * The text on screen once it has not changed for `quietMs`, and (unless `text` alone counts) no timer or
   * animation of the page is about to change it; `still` is false when that didn't happen within `withinMs`.
   */
  const look = ({ quietMs, withinMs, text: textAlone }) =>
    new Promise((resolve) => {
      const from = performance.now();
      let last = read();
      let since = from;
      const again = () => {
        const [now, text] = [performance.now(), read()];
        if (text !== last || (!textAlone && isBusy())) since = now;
        last = text;
        const still = now - since >= quietMs;
        if (still || now - from >= withinMs) resolve({ still, text });
        else later.call(globalThis, again, LOOK_EVERY_MS);
      };
      again();
    });
  Object.defineProperty(globalThis, Symbol.for('statewright.look'), { value: look });
})();
