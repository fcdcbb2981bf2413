/**
 * What Lambda's runtime is to a function: reads the bundle's file, hands it one event after another as JSON, and brings
 * back what it answers as JSON. It imports nothing of the project, so that the function has what the bundle has and no more.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { handler } = await import(workerData);

parentPort?.on('message', ({ number, event }) => void answer(number, event));

async function answer(number: number, event: string): Promise<void> {
  try {
    const result: unknown = await handler(JSON.parse(event));
    parentPort?.postMessage({ number, result: JSON.stringify(result ?? null) });
  } catch (error) {
    // Its message may carry a secret; nothing but the name is written down by those who hear of it.
    parentPort?.postMessage({ number, failure: error instanceof Error ? error.name : typeof error });
  }
}
