import './guards.ts';
import './accounts.ts';
import './dinners.ts';
import './hosts.ts';
import { confirmKey } from '../key.ts';
import { confirmations, World } from './world.ts';

confirmKey('supperclub', confirmations, () => World.open());
