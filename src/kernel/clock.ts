/** Where time comes from; only edges and adapters make one from the real clock. */
export interface Clock {
  now(): Date;
}
