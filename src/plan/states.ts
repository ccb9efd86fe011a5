/**
 * The planned states of a project by id, with the names of their rows and personas. `statewright plan`
 * fills it by declaration merging, in `states.d.ts` beside the plans.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be merged with
export interface States {}

/** A planned state's id: one of `States` once that is filled. */
export type StateId = keyof States extends never ? string : Extract<keyof States, string>;
