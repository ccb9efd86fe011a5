import type { Config, SignIn } from '../config/config.ts';
import type { App } from '../model/model.ts';
import { signInByMint } from '../run/mint.ts';

/** What of the config says how people are signed in: its own function, or the app's environment. */
export type Signing = Pick<Config, 'signIn'> & { readonly app?: Pick<Config['app'], 'env'> };

/**
 * Who signs an app's people in where its own routes don't: the config's function, else a token made with the secret
 * that the config's `app.env` names. Null where the app's own routes do, or nothing can.
 */
export function signerOf({ auth }: Pick<App, 'auth'>, { signIn, app }: Signing): SignIn | null {
  if (signIn || !auth?.mint || (auth.signUp && auth.signIn)) return signIn;
  const secret = app?.env[auth.mint.secret];
  return secret === undefined
    ? null
    : signInByMint({ carrier: auth.carrier, mint: auth.mint }, secret);
}
