const LANES = 16;

/** Works on things as they come, some at a time and in no order. @throws the first error, when all lanes have stopped */
export async function inLanes<T>(things: AsyncIterable<T>, work: (thing: T) => Promise<void>): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const errors: unknown[] = [];
  for await (const thing of things) {
    if (errors.length > 0) break;
    const one = work(thing)
      .catch((error: unknown) => void errors.push(error))
      .finally(() => underWay.delete(one));
    underWay.add(one);
    if (underWay.size >= LANES) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  if (errors.length > 0) throw errors[0];
}
