import { LANGUAGE } from './collection.ts';
import { literal, type Semantics } from './value.ts';

/** Functions that run what they are given as soon as everything is loaded. */
export const SOON: ReadonlySet<string> = new Set(['setImmediate', 'queueMicrotask']);

/** `setImmediate(async () => { … })`: what such a function is given is a part of putting the app together. */
export const SOON_SEMANTICS: Semantics = {
  call: (machine, { package: from, path }, call) => {
    const [name = ''] = path;
    const [work, ...args] = call.args;
    if (from !== LANGUAGE || !SOON.has(name) || !work) return undefined;
    machine.apply(work, { ...call, args, isNew: false });
    return literal(undefined);
  },
};
