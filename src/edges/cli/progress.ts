import type { Emit, Event } from '../../kernel/events.ts';
import { oneLine, showHidden } from '../../report/visible.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Plain output has a line for each of so many steps. */
const EVERY = 100;

/**
 * Shows events on a stream: one line rewritten in place on a terminal, plain lines elsewhere. Their notes quote
 * the analysed code, so nothing in one acts on the terminal.
 */
export function showProgress(out: NodeJS.WriteStream): { emit: Emit; end: () => void } {
  const { emit, end } = out.isTTY && !process.env['CI'] ? liveLine(out) : plainLines(out);
  return { emit: (event) => emit(inert(event)), end };
}

function inert(event: Event): Event {
  if (event.kind === 'note') return { ...event, note: showHidden(event.note) };
  return 'note' in event ? { ...event, note: oneLine(event.note) } : event;
}

function plainLines(out: NodeJS.WriteStream): { emit: Emit; end: () => void } {
  let total: number | null = null;
  const emit = (event: Event): void => {
    if (event.kind === 'note') out.write(`${event.note}\n`);
    if (event.kind === 'done') out.write(`${event.stage}: ${event.note}\n`);
    if (event.kind === 'stage') total = event.total;
    if (event.kind === 'progress' && event.done % EVERY === 0) {
      out.write(`${event.stage}: ${event.done}${total === null ? '' : ` of ${total}`}\n`);
    }
  };
  return { emit, end: () => undefined };
}

function liveLine(out: NodeJS.WriteStream): { emit: Emit; end: () => void } {
  let text = '';
  let total: number | null = null;
  let frame = 0;
  const draw = (): void => {
    frame = (frame + 1) % FRAMES.length;
    const width = (out.columns ?? 80) - 4;
    if (text) out.write(`\r\u001b[2K${FRAMES[frame]} ${text.slice(0, width)}`);
  };
  const timer = setInterval(draw, 90);
  timer.unref();
  const say = (line: string): void => {
    out.write(`\r\u001b[2K${line}\n`);
  };
  const emit = (event: Event): void => {
    if (event.kind === 'note') say(event.note);
    if (event.kind === 'done') {
      text = '';
      say(`✓ ${event.stage}: ${event.note}`);
    }
    if (event.kind === 'stage') {
      total = event.total;
      text = event.stage;
    }
    if (event.kind === 'progress') {
      const count = total === null ? event.done : `${event.done}/${total}`;
      text = `${event.stage} ${count} ${event.note}`;
    }
    draw();
  };
  const end = (): void => {
    clearInterval(timer);
    out.write('\r\u001b[2K');
  };
  return { emit, end };
}
