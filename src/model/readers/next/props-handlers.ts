import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, Registered, Step } from '../../reader.ts';
import { ended } from '../../trace/chain.ts';
import { exitHere } from '../../trace/closures.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { componentAt } from '../../trace/wrapped-component.ts';
import { keep, kept } from '../request-parts.ts';
import { around, filled, INSIDE, whenInside } from '../shell.ts';
import { type Around, behindMiddleware, library } from './handlers.ts';
import { pageField } from './page-fields.ts';
import { propsOf } from './page-props.ts';

/** How a page of the pages router comes by what it shows. */
export interface OldPage extends Around {
  /** The function that gives it its props is the step before it; `static` where that ran when the app was built. */
  readonly props: 'request' | 'static' | null;
  readonly app: Registered | null;
  readonly notFound: Registered | null;
}

const PROPS = 'next.props';

/** Pages of the pages router: given their props, shown inside `_app`. */
export function propsHandlers(page: OldPage): HandlerSemantics {
  return {
    ...library,
    step: (machine, step, then) => {
      const work = () =>
        step.last ? show(machine, step.registered, page) : given(machine, step, { page, then });
      behindMiddleware(machine, step, { around: page, then, work });
    },
  };
}

function given(
  machine: Machine,
  { registered }: Step,
  { page, then }: { page: OldPage; then: () => void },
): void {
  const { notFound } = page;
  const missing = () => (notFound ? within(machine, notFound, page) : UNDEFINED);
  const onRequest = page.props === 'request';
  const props = propsOf(machine, registered, { notFound: missing, onRequest });
  if (machine.path.dead || machine.path.answered) return;
  keep(machine, PROPS, props);
  then();
}

function show(machine: Machine, registered: Registered, page: OldPage): void {
  const node = registered.expression;
  const screen = within(machine, registered, page);
  if (machine.path.dead || machine.path.answered) return;
  const status = machine.status.value.kind === 'undefined' ? null : machine.status.value;
  const response = makeResponse(node, { kind: 'render', text: [screen], status });
  ended(machine, [exitHere(machine, response, { node, mark: 0 })], true);
}

/** The page as `_app` is handed it: its place is where the app puts it. */
function asHanded(machine: Machine, component: Registered): Special {
  const get = (name: string) => pageField(machine, component, name);
  return { kind: 'special', name: 'Component', element: INSIDE, get };
}

/** The app first, which may provide what the page reads; then the page, where the app shows it. */
function within(machine: Machine, component: Registered, { app }: OldPage): Value {
  const props = kept(machine, PROPS) ?? object();
  if (!app) return rendered(machine, component, props);
  const router = unknown('router');
  const shell = rendered(
    machine,
    app,
    object([
      ['Component', asHanded(machine, component)],
      ['pageProps', props],
      ['router', router],
    ]),
  );
  if (machine.path.dead || machine.path.answered) return shell;
  const whole = around(shell);
  const { yes } = branch(machine, whenInside(whole), {
    yes: () => rendered(machine, component, props),
    no: () => UNDEFINED,
  });
  return filled(whole, yes ?? UNDEFINED);
}

function rendered(machine: Machine, component: Registered, props: Value): Value {
  const node: ts.Node = component.expression;
  return machine.settle(machine.call(componentAt(machine, component), [props], node), node);
}
