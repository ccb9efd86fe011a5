import './guards.ts';
import './members.ts';
import './rooms.ts';
import './bookings.ts';
import './invoices.ts';
import { confirmKey } from '../key.ts';
import { confirmations, World } from './world.ts';

confirmKey('coworking', confirmations, () => World.open());
