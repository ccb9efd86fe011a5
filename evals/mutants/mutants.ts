/** A guard turned round in the code, and the endings whose plans must change with it. */
export interface Flipped {
  readonly app: string;
  readonly guard: string;
  readonly flipped: string;
  readonly affected: readonly string[];
}

export const FLIPPED: readonly Flipped[] = [
  {
    app: 'blood-donation',
    guard: 'donor.weightKg < 50',
    flipped: 'donor.weightKg >= 50',
    affected: ['too_light', 'too_soon', '200'],
  },
  {
    app: 'farm-irrigation',
    guard: 'tank.litres < 100',
    flipped: 'tank.litres >= 100',
    affected: ['tank_low', '202'],
  },
  {
    app: 'tax-return',
    guard: '!found.signed',
    flipped: 'found.signed',
    affected: ['unsigned', 'time_barred', '200'],
  },
  {
    app: 'hotel-cancel',
    guard: "stay.status === 'inhouse'",
    flipped: "stay.status !== 'inhouse'",
    affected: ['guest_is_in_house', '200', '202'],
  },
  {
    app: 'museum-ticket',
    guard: 'exhibition.closesAt < new Date()',
    flipped: 'exhibition.closesAt > new Date()',
    affected: ['closed', '200'],
  },
];

/** A column that goes by another name in the database. */
export interface Renamed {
  readonly app: string;
  readonly from: string;
  readonly to: string;
}

export const RENAMED: readonly Renamed[] = [
  { app: 'library-loan', from: 'fines_cents', to: 'penalty_cents' },
  { app: 'bank-transfer', from: 'frozen_at', to: 'blocked_since' },
  { app: 'parking-exit', from: 'paid_at', to: 'settled_at' },
  { app: 'forum-reply', from: 'archived_at', to: 'put_away_at' },
];
