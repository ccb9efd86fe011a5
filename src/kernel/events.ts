/** What an operation tells while it works. The line never logs: an edge decides who sees these. */
export type Event =
  | { readonly kind: 'stage'; readonly stage: string; readonly total: number | null }
  | {
      readonly kind: 'progress';
      readonly stage: string;
      readonly done: number;
      readonly note: string;
    }
  | { readonly kind: 'done'; readonly stage: string; readonly note: string }
  | { readonly kind: 'note'; readonly note: string };

export type Emit = (event: Event) => void;
