import { BUNDLE_FOLDER } from '#lib/entries.ts';

/** `npm run journeys:bundle` plays the journeys with what is deployed; other runs with the functions as they are written. */
export const bundleUnderTest = process.env['JOURNEYS'] === 'bundle' ? BUNDLE_FOLDER : undefined;
