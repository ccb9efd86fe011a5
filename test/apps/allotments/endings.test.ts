import './gardeners.ts';
import './plots.ts';
import './work-parties.ts';
import { confirmKey } from '../key.ts';
import { confirmations, World } from './world.ts';

confirmKey('allotments', confirmations, () => World.open());
