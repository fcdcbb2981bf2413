/**
 * Short waits of product code (the SDK's back-off, reads that wait for the router) are made shorter still inside a fault
 * run, where nothing is slow but what the plan says. Longer ones, such as time-outs, stay as they are.
 */
import { actorNow } from './wires.ts';

const SHORT_MS = 1_000;
const BY = 10;

export function shortenWaits(): void {
  const original = globalThis.setTimeout;
  const shortened = (callback: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) =>
    original(callback, actorNow() && ms <= SHORT_MS ? ms / BY : ms, ...values);
  globalThis.setTimeout = Object.assign<typeof shortened, typeof original>(shortened, original);
}
