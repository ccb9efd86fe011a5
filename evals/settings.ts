import type { Llm } from '../src/llm/llm.ts';
import type { Model } from '../src/model/model.ts';
import type { Place } from '../src/operations/place.ts';
import type { Planned } from '../src/operations/plan.ts';
import type { Program } from '../src/repo/repo.ts';

/** How cases are to be run. */
export interface Settings {
  readonly place: Place;
  /** The steps that are judged; a test of the harness plants faults here. */
  readonly steps: {
    readonly read: (texts: Readonly<Record<string, string>>) => {
      readonly model: Model;
      readonly program: Program;
    };
    readonly plan: (model: Model) => Planned;
  };
  /** The model asked, null for the cassettes. */
  readonly llm: Llm | null;
  /** The folder of recorded answers; by default the one that is committed. */
  readonly cassettes?: string;
  /** The text of the prompt instead of the one that ships. */
  readonly prompt: string | null;
  /** Whether plans are set up and fired as well. */
  readonly prove: boolean;
}
