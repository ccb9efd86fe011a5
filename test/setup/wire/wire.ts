/** What a model says, whatever wire it goes over. */
export interface Said {
  text?: string;
  refusal?: string;
  cut?: boolean;
}

/** How one provider's API answers, in its own format. */
export interface Wire {
  /** What the path of its requests ends with. */
  readonly ends: string;
  answer(said: Said): object;
  events(said: Said): readonly object[];
  /** The body beside a status that is no success. */
  refused(message: string): object;
  /** What a stream says that fails in the middle, as sent. */
  readonly streamedError: string;
}
