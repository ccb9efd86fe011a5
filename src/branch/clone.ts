import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Branch, Branches, CloneOptions } from './branch.ts';
import { type CloneSessions, isSound, makeClone, type Purpose, renewClone } from './make.ts';
import { preparePlaces } from './place.ts';
import { ensureTemplate, type Template } from './template.ts';

/**
 * A pool of clones of one template, warmed in the background. Processes share server and template; the
 * clones a process made are its own, told by an advisory lock in the maintenance database that it holds
 * from before the clone is made until after it is gone.
 */
export async function openClones(options: CloneOptions): Promise<Branches> {
  const { driver, ledger, url } = options;
  const keeper = await driver.open(url);
  try {
    await preparePlaces(keeper);
    const template = await ensureTemplate({ url, sql: keeper, driver, ledger }, options.template);
    const opening = Array.from({ length: atATime + 1 }, () => driver.open(url));
    const [dropper, ...creators] = await Promise.all(opening);
    return new ClonePool(options, template, { keeper, creators, dropper: dropper ?? keeper });
  } catch (error) {
    await keeper.end();
    throw error;
  }
}

/** Two cores copy about twice as fast as one. */
const atATime = 2;

class ClonePool implements Branches {
  readonly isolation = 'clone';
  readonly #options: CloneOptions;
  readonly #template: Template;
  readonly #sessions: CloneSessions;
  readonly #ready: Database[] = [];
  readonly #all = new Set<Database>();
  readonly #waiting: Waiting[] = [];
  readonly #making = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(options: CloneOptions, template: Template, sessions: CloneSessions) {
    this.#options = options;
    this.#template = template;
    this.#sessions = sessions;
    this.#refill();
  }

  async take(): Promise<Branch> {
    for (;;) {
      const clone = await this.#next();
      const sound = await isSound(clone, this.#sessions);
      // Copying takes both cores for a while: the taker goes first.
      setTimeout(() => this.#refill(), 5);
      if (sound) return this.#branch(clone);
      await this.#drop(clone);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(): Promise<void> {
    this.#closing.abort();
    for (const { reject } of this.#waiting.splice(0)) reject(closedPool());
    await Promise.all([...this.#making]);
    await Promise.all([...this.#all].map((clone) => this.#drop(clone)));
    const { keeper, creators, dropper } = this.#sessions;
    await Promise.all([keeper, dropper, ...creators].map((session) => session.end()));
  }

  #next(): Promise<Database> {
    if (this.#closed) return Promise.reject(closedPool());
    const clone = this.#ready.shift();
    if (clone) return Promise.resolve(clone);
    const next = new Promise<Database>((resolve, reject) =>
      this.#waiting.push({ resolve, reject }),
    );
    this.#refill();
    return next;
  }

  #refill(): void {
    const wanted = this.#options.workers + 1 + this.#waiting.length - this.#ready.length;
    while (!this.#closed && this.#making.size < Math.min(wanted, atATime)) {
      const waits = this.#making.size < this.#waiting.length;
      const making = this.#make(waits).then((made) => {
        this.#making.delete(making);
        // Stock that couldn't be made is tried again when somebody takes.
        if (made || this.#waiting.length > this.#making.size) this.#refill();
      });
      this.#making.add(making);
    }
  }

  async #make(waits: boolean): Promise<boolean> {
    const { signal } = this.#closing;
    const make = (purpose: Purpose) =>
      makeClone({ ...this.#options, purpose }, this.#template, this.#sessions);
    const taker: Purpose = { kind: 'taker', signal };
    let serves = waits;
    try {
      const stock = serves ? null : await make({ kind: 'stock' });
      // Whoever came meanwhile counts on it, unless others in the making are enough for all.
      serves ||= !stock && this.#waiting.length > this.#making.size - 1;
      const clone = stock ?? (serves ? await make(taker) : null);
      if (!clone) return false;
      this.#all.add(clone);
      this.#offer(clone);
      return true;
    } catch (error) {
      if (serves) for (const { reject } of this.#waiting.splice(0)) reject(error);
      return false;
    }
  }

  #offer(clone: Database): void {
    const first = this.#waiting.shift();
    if (first) first.resolve(clone);
    else this.#ready.push(clone);
  }

  #branch(clone: Database): Branch {
    let moved = false;
    let ended: Promise<void> | undefined;
    const close = () => (ended ??= this.#drop(clone));
    const giveBack = () => (ended ??= this.#takeBack(clone, moved));
    const baseline = () => {
      moved = true;
      return clone.baseline();
    };
    return { ...clone, baseline, close, giveBack, [Symbol.asyncDispose]: close };
  }

  /** Handed out again only if it is exactly the template's content again, nobody is in it, and it is of use. */
  async #takeBack(clone: Database, moved: boolean): Promise<void> {
    const spent =
      moved || this.#closed || !(await renewClone(clone, this.#sessions).catch(() => false));
    if (spent) await this.#drop(clone);
    else this.#offer(clone);
  }

  async #drop(clone: Database): Promise<void> {
    if (!this.#all.delete(clone)) return;
    await clone.close();
    if (!this.#closed) this.#refill();
  }
}

interface Waiting {
  readonly resolve: (clone: Database) => void;
  readonly reject: (error: unknown) => void;
}

function closedPool(): StatewrightError {
  return new StatewrightError('branch.closed', 'The pool of clones is closed.', {
    hint: 'Take databases before closing what they come from.',
  });
}
